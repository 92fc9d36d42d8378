import { describe, expect, it } from "vitest";
import { type Client, createClient } from "./create-client.ts";
import { readRetryAfterMs, toBackoffMs } from "./retry-delay.ts";
import { toApiUrl } from "./to-api-url.ts";

const KEY = "sp_canary0123456789abcdef";
const NOW_MS = Date.parse("2026-11-21T10:00:00Z");
const VERDICT = {
  status: "accepted",
  next: null,
  reason: "r",
  ended_by: null,
  cost: { attempts_usd: 1, paid_attempts: 0, next_usd: null, max_usd: null, strongest_model: "m", strongest_usd: 2 },
  evidence: null,
};

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose server gives `answers` in order (the last for ever); an Error is thrown as fetch throws. */
function toClient(answers: readonly (Response | Error)[]) {
  const sent: Sent[] = [];
  const slept: number[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const answer = answers[Math.min(sent.length, answers.length - 1)];
    sent.push({ url, init });
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer.clone();
  };
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
  };
  const transport = { fetch, sleep, nowMs: () => NOW_MS, random: () => 0.5 };
  const client = createClient({ apiUrl: "https://x.test/api/", apiKey: KEY, userAgent: "t", transport });
  return { client, sent, slept };
}

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const refusal = (status: number, code: string, headers?: Readonly<Record<string, string>>): Response =>
  json(status, { error: { code, message: `says ${code}` } }, headers);
const give = (client: Client, attempt?: number) =>
  client.giveVerdict("dec_1", { accepted: true, source: "ci", ...(attempt === undefined ? {} : { attempt }) });

describe("createClient()", () => {
  it("sends key and body to the address, with or without a trailing /api, and follows no redirect", async () => {
    const { client, sent } = toClient([json(200, { data: VERDICT })]);
    expect(await give(client, 0)).toMatchObject({ ok: true, data: { status: "accepted" } });
    expect(sent[0]?.url).toBe("https://x.test/api/decisions/dec_1/verdict");
    expect(sent[0]?.init).toMatchObject({
      method: "POST",
      redirect: "manual",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: '{"accepted":true,"source":"ci","attempt":0}',
    });
  });

  it("waits as long as the server asks after 429 and 503, and backs off where it does not say", async () => {
    const { client, sent, slept } = toClient([
      refusal(429, "RATE_LIMITED", { "retry-after": "60" }),
      refusal(503, "UNAVAILABLE"),
      json(200, { data: VERDICT }),
    ]);
    expect((await give(client, 0)).ok).toBe(true);
    expect([sent.length, slept]).toEqual([3, [60_000, 1_500]]);
  });

  it("gives up at once where the server asks for more patience than there is", async () => {
    const { client, slept } = toClient([refusal(429, "RATE_LIMITED", { "retry-after": "3600" })]);
    expect(await give(client, 0)).toEqual({
      ok: false,
      fault: { kind: "refused", status: 429, code: "RATE_LIMITED", message: "says RATE_LIMITED" },
    });
    expect(slept).toEqual([]);
  });

  it("never sends more than four times", async () => {
    const { client, sent } = toClient([refusal(503, "UNAVAILABLE")]);
    expect((await give(client, 0)).ok).toBe(false);
    expect(sent.length).toBe(4);
  });

  it("sends once what would do harm twice, and what no patience mends", async () => {
    const once = async (answer: Response | Error, ask: (client: Client) => Promise<unknown>) => {
      const { client, sent } = toClient([answer]);
      await ask(client);
      return sent.length;
    };
    const busy = refusal(503, "UNAVAILABLE");
    expect(await once(busy, (client) => give(client))).toBe(1);
    expect(await once(busy, (client) => client.createRun({ task: "t" }, null))).toBe(1);
    expect(await once(busy, (client) => client.route({ task: "t", reroute: true }))).toBe(1);
    expect(await once(new TypeError("fetch failed"), (client) => give(client))).toBe(1);
    for (const status of [400, 401, 403, 404, 409, 422, 500, 501])
      expect(await once(refusal(status, "X"), (client) => give(client, 0))).toBe(1);
    expect(await once(busy, (client) => client.createRun({ task: "t" }, "key-1"))).toBe(4);
  });

  it("tells a network fault by its code and never by its message, which may quote the key", async () => {
    const cause = Object.assign(new Error(`connect ${KEY}`), { code: "ECONNREFUSED" });
    const failed = toClient([new TypeError(`Bearer ${KEY} is an invalid header value`, { cause })]);
    const answer = await failed.client.readRun("run_1");
    expect(answer).toEqual({ ok: false, fault: { kind: "unreachable", reason: "ECONNREFUSED" } });
    expect(failed.sent.length).toBe(4);
  });

  it.each([
    [new Response("<html>", { status: 200 }), "{data: …}"],
    [new Response("<html>", { status: 500 }), "{error: {code, message}}"],
    [new Response('{"data":{"status":"acc', { status: 200 }), "{data: …}"],
    [
      new Response(null, { status: 302, headers: { location: "https://evil.test" } }),
      "a redirect, which is not followed",
    ],
    [json(200, { data: { status: "accepted" } }), "its answer has no next"],
    [json(200, null), "{data: …}"],
  ])("calls an answer of another kind unexpected: %#", async (answer, says) => {
    const { client, sent } = toClient([answer]);
    const given = await give(client, 0);
    expect(given).toMatchObject({ ok: false, fault: { kind: "unexpected", status: answer.status } });
    expect(JSON.stringify(given)).toContain(says);
    expect(sent.length).toBe(1);
  });
});

describe("readRetryAfterMs()", () => {
  it("reads seconds and dates, and nothing that only looks like one", () => {
    expect(readRetryAfterMs("60", NOW_MS)).toBe(60_000);
    expect(readRetryAfterMs("Sat, 21 Nov 2026 10:00:05 GMT", NOW_MS)).toBe(5_000);
    expect(readRetryAfterMs("Sat, 21 Nov 2026 09:00:00 GMT", NOW_MS)).toBe(0);
    for (const odd of [null, "", "-5", "1e3", "soon", "99999999999"]) expect(readRetryAfterMs(odd, NOW_MS)).toBeNull();
  });
});

describe("toBackoffMs()", () => {
  it("doubles up to 20 seconds, half of it drawn", () => {
    expect([1, 2, 3, 9].map((tries) => toBackoffMs(tries, 0))).toEqual([500, 1_000, 2_000, 10_000]);
    expect(toBackoffMs(9, 0.999999)).toBeLessThanOrEqual(20_000);
  });
});

describe("toApiUrl()", () => {
  it.each([
    "https://spawn.example.com",
    "https://spawn.example.com/base/",
    "http://127.0.0.1:8787",
    "http://localhost:1",
    "http://[::1]:9",
  ])("takes %s", (text) => expect(toApiUrl(text)).toEqual({ ok: true, url: text.replace(/\/$/, "") }));

  it.each([
    "",
    "spawn",
    "http://spawn.example.com",
    "http://127.0.0.1.evil.test",
    "ftp://x.test",
    "https://u:secret@x.test",
    "https://x.test?a=1",
    "javascript:alert(1)",
    "http://localhost.evil.test",
  ])("refuses %j without quoting it", (text) => {
    const refused = toApiUrl(text);
    expect(refused.ok).toBe(false);
    if (!refused.ok && text !== "") expect(refused.message).not.toContain("secret");
  });

  it("tries again after a gateway's page, and presses nobody who says at once", async () => {
    const page = new Response("<html>", { status: 502, headers: { "retry-after": "0" } });
    const { client, sent, slept } = toClient([page, json(200, { data: VERDICT })]);
    expect((await give(client, 0)).ok).toBe(true);
    expect([sent.length, slept]).toEqual([2, [250]]);
  });
});
