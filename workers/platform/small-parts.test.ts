import { describe, expect, test, vi } from "vitest";
import { ok } from "../../shared/base/result.ts";
import { equalDigests, randomBytes, sha256Hex } from "./crypto.ts";
import { fetchOutside } from "./egress.ts";
import { checkOutsideUrl, type EgressRules } from "./egress-rules.ts";
import { checkHost } from "./host.ts";
import { newId } from "./ids.ts";
import { checkRateLimit, clientAddress } from "./limit.ts";
import { toErrorFields, toLogLine } from "./log.ts";
import { makeMemo } from "./memo.ts";
import { sendStep } from "./queue.ts";
import { faultOf, unwrap } from "./testing/unwrap.ts";

describe("checkHost()", () => {
  const ask = (host: string) => new Request("http://x/", { headers: { host } });

  test.each([
    "localhost",
    "localhost:8787",
    "127.0.0.1:1",
    "[::1]:8787",
    "LOCALHOST:80",
  ])("takes %s on loopback", (host) => {
    expect(checkHost(ask(host), "127.0.0.1").ok).toBe(true);
  });

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost:80@evil.example",
    "",
    "::1",
  ])("refuses %s on loopback", (host) => {
    expect(faultOf(checkHost(ask(host), "127.0.0.1"))).toEqual({ kind: "host_not_allowed" });
    expect(checkHost(ask(host), "::1").ok).toBe(false);
  });

  test("takes the loopback address that was bound, and not another", () => {
    expect(checkHost(ask("127.0.0.5:8787"), "127.0.0.5").ok).toBe(true);
    expect(checkHost(ask("127.0.0.1:8787"), "127.0.0.5").ok).toBe(true);
    expect(checkHost(ask("127.0.0.6:8787"), "127.0.0.5").ok).toBe(false);
  });

  const from = (headers: Record<string, string>, bindHost = "127.0.0.1") =>
    checkHost(new Request("http://x/", { headers: { host: "localhost:8787", ...headers } }), bindHost);

  test.each([
    { "sec-fetch-site": "cross-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://localhost.evil.example", "sec-fetch-site": "same-site" },
  ])("refuses a page of another site on loopback: %j", (headers) => {
    expect(faultOf(from(headers))).toMatchObject({ kind: "forbidden" });
    expect(from(headers, "").ok).toBe(true);
  });

  test.each([
    {},
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin", origin: "http://localhost:8787" },
    { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:3000" },
    { origin: "http://[::1]:8787" },
  ])("takes a page of this machine and what is no page: %j", (headers) => {
    expect(from(headers).ok).toBe(true);
  });

  test("takes any host elsewhere", () => {
    expect(checkHost(ask("spawn.example"), "").ok).toBe(true);
    expect(checkHost(ask("spawn.example"), "0.0.0.0").ok).toBe(true);
  });
});

describe("clientAddress()", () => {
  const ask = (address: string) =>
    new Request("http://x/", { headers: { "cf-connecting-ip": address, "x-forwarded-for": "6.6.6.6" } });

  test("believes the platform's header on the platform alone", () => {
    expect(clientAddress(ask("1.2.3.4"), "cloudflare")).toBe("1.2.3.4");
    expect(clientAddress(ask("1.2.3.4"), "local")).toBe("local");
    expect(clientAddress(new Request("http://x/"), "cloudflare")).toBe("local");
  });

  test.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:DB8:1:2::9", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
  ])("counts %s under its /64", (address, prefix) => {
    expect(clientAddress(ask(address), "cloudflare")).toBe(prefix);
  });
});

describe("checkRateLimit()", () => {
  test("refuses when one of the keys is over, with the period as the wait", async () => {
    const limiter = { limit: async ({ key }: { key: string }) => ({ success: key !== "b" }) };
    expect((await checkRateLimit({ limiter, keys: ["a"], periodS: 60 })).ok).toBe(true);
    const over = await checkRateLimit({ limiter, keys: ["a", "b"], periodS: 60 });
    expect(faultOf(over)).toEqual({ kind: "rate_limited", retryAfterS: 60 });
  });

  test("lets the request pass and says so when the limiter fails", async () => {
    const line = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const limiter = { limit: () => Promise.reject(new Error("down")) };
    expect((await checkRateLimit({ limiter, keys: ["a"], periodS: 60 })).ok).toBe(true);
    expect(line.mock.calls.flat().join("")).toContain("rate_limiter_failed");
    line.mockRestore();
  });
});

describe("toLogLine()", () => {
  test("blots out keys and tokens, cuts long texts, and is one line", () => {
    const detail = `sp_${"a".repeat(38)} Bearer abc.def sk-or-v1-0123456789\n${"x".repeat(5_000)}`;
    const line = toLogLine({ level: "error", event: "e", detail });
    expect(line).not.toMatch(/sp_a|abc\.def|sk-or/);
    expect(line.split("\n")).toHaveLength(1);
    expect(line.length).toBeLessThan(1_200);
  });

  test("shows where a bug is without its message", () => {
    const fields = toErrorFields(new TypeError("cannot read PROMPT TEXT"));
    expect(fields.errorName).toBe("TypeError");
    expect(JSON.stringify(fields)).not.toContain("PROMPT");
  });
});

test("makeMemo() holds the most recently used values, loads once, and keeps no fault", async () => {
  const memo = makeMemo<number>(2);
  const load = vi.fn(async () => ok(1));
  for (const key of ["a", "b", "a", "c", "a"]) unwrap(await memo.recall(key, load));
  expect(load).toHaveBeenCalledTimes(3);
  unwrap(await memo.recall("b", load));
  expect(load).toHaveBeenCalledTimes(4);
  await memo.recall("f", async () => ({ ok: false, fault: { kind: "unauthorized" } }));
  expect(unwrap(await memo.recall("f", async () => ok(9)))).toBe(9);
});

test("newId() sorts by time and does not repeat within a millisecond", () => {
  const id = (nowMs: number) => newId("dec", { nowMs, random: randomBytes(10) });
  expect(id(1_700_000_000_000)).toMatch(/^dec_[0-9a-z]{26}$/);
  const times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 9_999_999_999_999];
  const ids = times.map(id);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(Array.from({ length: 1_000 }, () => id(1))).size).toBe(1_000);
});

test("sha256Hex() and equalDigests() agree with the known digest of abc", async () => {
  const digest = await sha256Hex("abc");
  expect(digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(equalDigests(digest, await sha256Hex(new Uint8Array([97, 98, 99])))).toBe(true);
  expect(equalDigests(digest, `${digest.slice(0, -1)}e`)).toBe(false);
});

test("sendStep() sends the two names alone and turns a failure into unavailable", async () => {
  const sent: unknown[] = [];
  const message = { run_id: "r", step_id: "s", prompt: "secret" };
  unwrap(await sendStep({ send: async (body) => sent.push(body) }, message));
  expect(sent).toEqual([{ run_id: "r", step_id: "s" }]);
  const failed = await sendStep({ send: () => Promise.reject(new Error("down")) }, message);
  expect(faultOf(failed).kind).toBe("unavailable");
});

describe("fetchOutside()", () => {
  const rules = (fetch: EgressRules["fetch"], allowLoopbackHttp = false): EgressRules => ({
    allowedHosts: ["api.example", "127.0.0.1:9000"],
    allowLoopbackHttp,
    fetch,
  });
  const request = {
    url: "https://api.example/v1",
    method: "GET",
    headers: {},
    body: null,
    timeoutMs: 20_000,
    limitBytes: 10,
  } as const;
  const answer = (body: string, init?: ResponseInit) => async () => new Response(body, init);
  const never = () => Promise.reject(new Error("was called"));

  test.each([
    "http://api.example/",
    "https://api.example.evil.example/",
    "https://api.example@evil.example/",
    "https://user:pw@api.example/",
    "https://api.example:444/",
    "https://169.254.169.254/latest",
    "http://127.0.0.1:9000/",
    "https://2130706433/",
    "file:///etc/passwd",
    "//api.example/",
  ])("refuses %s before anything is sent", async (url) => {
    expect(faultOf(await fetchOutside({ ...request, url }, rules(never))).kind).toBe("forbidden");
  });

  test("takes a listed loopback host over http only where that is configured", () => {
    expect(checkOutsideUrl("http://127.0.0.1:9000/x", rules(never, true)).ok).toBe(true);
    expect(checkOutsideUrl("http://127.0.0.1:9001/x", rules(never, true)).ok).toBe(false);
    expect(checkOutsideUrl("http://api.example/x", rules(never, true)).ok).toBe(false);
  });

  test("answers status and bytes up to the limit, and refuses more", async () => {
    const got = unwrap(await fetchOutside(request, rules(answer("0123456789", { status: 404 }))));
    expect([got.status, got.bytes.length]).toEqual([404, 10]);
    expect(faultOf(await fetchOutside(request, rules(answer("0123456789a")))).kind).toBe("malformed_data");
  });

  test("does not follow a redirect", async () => {
    const redirect = answer("", { status: 302, headers: { location: "https://evil.example/" } });
    expect(faultOf(await fetchOutside(request, rules(redirect))).kind).toBe("forbidden");
  });

  test("gives up at the timeout and on a network error", async () => {
    const hang: EgressRules["fetch"] = (_url, init) =>
      new Promise((_resolve, reject) => init.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
    const short = { ...request, timeoutMs: 20 };
    expect(faultOf(await fetchOutside(short, rules(hang)))).toMatchObject({ detail: "no answer within 20 ms" });
    expect(faultOf(await fetchOutside(request, rules(never))).kind).toBe("unavailable");
  });
});
