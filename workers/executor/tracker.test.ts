import { describe, expect, test } from "vitest";
import { ok } from "../../shared/base/result.ts";
import type { ClaimedThread, ThreadSettled } from "../platform/d1/tracker-threads-store.ts";
import { toTrackerPlace } from "./tracker/bind-tracker.ts";
import { toCommentText } from "./tracker/bring-issue.ts";
import { callGithub, type GithubAccess } from "./tracker/call-github.ts";
import { syncThread, type TrackerDeps } from "./tracker/sync-thread.ts";
import { toPkcs8 } from "./tracker/to-pkcs8.ts";

const NOW_MS = 1_800_000_000_000;

const accessOf = (fetch: (url: string, init: RequestInit) => Promise<Response>): GithubAccess => ({
  baseUrl: "https://api.github.com",
  token: "t",
  rules: { allowedHosts: ["api.github.com"], allowLoopbackHttp: false, fetch },
  nowMs: () => NOW_MS,
});

describe("callGithub()", () => {
  test.each([
    [401, {}, "auth", null],
    [403, {}, "forbidden", null],
    [403, { "retry-after": "7" }, "rate_limited", 7_000],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW_MS / 1_000 + 30) }, "rate_limited", 30_000],
    [429, {}, "rate_limited", 60_000],
    [404, {}, "not_found", null],
    [410, {}, "not_found", null],
    [422, {}, "invalid", null],
    [500, {}, "unavailable", null],
    [503, { "retry-after": "2" }, "unavailable", 2_000],
    [301, { location: "https://elsewhere.example.com/" }, "moved", null],
  ] as const)("classes %i %j", async (code, headers, failure, waitMs) => {
    const access = accessOf(async () => new Response("{}", { status: code, headers }));
    expect(await callGithub({ method: "GET", path: "/x" }, access)).toEqual({ ok: false, failure, waitMs });
  });

  test("calls nobody but the configured host", () => {
    const how = { allowLoopbackHttp: false, fetch: async () => new Response() };
    expect(toTrackerPlace(undefined, how)).toMatchObject({
      baseUrl: "https://api.github.com",
      rules: { allowedHosts: ["api.github.com"] },
    });
    expect(toTrackerPlace("https://ghe.example.com/api/v3/", how).baseUrl).toBe("https://ghe.example.com/api/v3");
    for (const url of ["http://127.0.0.1:1", "http://api.github.com", "https://10.0.0.1", "nonsense"])
      expect([url, toTrackerPlace(url, how).rules.allowedHosts]).toEqual([url, []]);
    expect(toTrackerPlace("http://127.0.0.1:1", { ...how, allowLoopbackHttp: true }).rules.allowedHosts).toEqual([
      "127.0.0.1:1",
    ]);
  });
});

const THREAD: ClaimedThread = {
  ...{
    id: "thr_1",
    tenantId: "t",
    hookId: "whk_1",
    repository: "acme/shop",
    number: 3,
    decisionId: "dec_1",
    runId: "run_1",
  },
  ...{
    wantedLabels: '["sp/type:docs","sp/risk:low"]',
    appliedLabels: '["sp/type:feature","sp/risk:low"]',
  },
  ...{
    wantedComment: "words",
    commentId: null,
    wantedVersion: 2,
    appliedVersion: 1,
    shownRunState: null,
    failure: null,
  },
  ...{
    attempts: 1,
    enqueuedAtMs: 0,
    notBeforeMs: 0,
    leaseToken: "l",
    leaseExpiresAtMs: 1,
    updatedAtMs: 0,
    runState: "done",
  },
};

/** The stage with a scripted GitHub; what it asked, settled and sent. */
function play(thread: ClaimedThread, answer: (line: string) => Response) {
  const asked: string[] = [];
  const settled: Omit<ThreadSettled, "nowMs">[] = [];
  const sent: number[] = [];
  const access = accessOf(async (url, init) => {
    const line = `${init.method} ${new URL(url).pathname}`;
    asked.push(line);
    return answer(line);
  });
  const deps: TrackerDeps = {
    ...{
      nowMs: () => NOW_MS,
      newToken: () => "l",
      failThread: async () => ok(undefined),
      dropAccess: async () => ok(false),
      readThreadBehindRun: async () => ok(null),
    },
    send: async (_, waitMs) => {
      sent.push(waitMs);
    },
    claimThread: async () => ok(thread),
    settleThread: async (end) => {
      settled.push(end);
      return ok({ isBehind: false });
    },
    openAccess: async () => ok({ ok: true, access }),
  };
  return { asked, settled, sent, run: () => syncThread({ runId: "thr_1", stepId: "tracker" }, deps) };
}

const json = (value: unknown): Response => new Response(JSON.stringify(value));
const right = (line: string): Response => (line.startsWith("GET") ? json([]) : json({ id: 9 }));

describe("syncThread()", () => {
  test("takes our stale label off, puts the missing one on, writes one comment", async () => {
    const { asked, settled, sent, run } = play(THREAD, right);
    expect(await run()).toBe("ack");
    expect(asked).toEqual([
      "DELETE /repos/acme/shop/issues/3/labels/sp%2Ftype%3Afeature",
      "POST /repos/acme/shop/issues/3/labels",
      "GET /repos/acme/shop/issues/3/comments",
      "POST /repos/acme/shop/issues/3/comments",
    ]);
    expect(settled[0]).toMatchObject({ commentId: 9, appliedVersion: 2, failure: null, shownRunState: "done" });
    expect(sent).toEqual([]);
  });

  test("edits the comment that it wrote and did not live to note", async () => {
    const own = { id: 44, body: toCommentText(THREAD) };
    const { asked, settled, run } = play(THREAD, (line) =>
      line.startsWith("GET") ? json([{ id: 1, body: "x" }, own]) : json({ id: 9 }),
    );
    await run();
    expect(asked.at(-1)).toBe("PATCH /repos/acme/shop/issues/comments/44");
    expect(settled[0]?.commentId).toBe(44);
  });

  test.each([
    [502, 1, "a wait", 5_000],
    [502, 4, "a wait", 600_000],
    [502, 10, "unavailable", null],
    [401, 1, "auth", null],
    [404, 1, "not_found", null],
  ])("after %i at attempt %i comes %s", async (code, attempts, failure, waitMs) => {
    const thread = { ...THREAD, attempts, wantedLabels: "[]", appliedLabels: "[]" };
    const { settled, sent, run } = play(thread, () => new Response("{}", { status: code }));
    expect(await run()).toBe("ack");
    expect(settled[0]).toMatchObject({ appliedVersion: 1, failure: waitMs === null ? failure : null });
    expect(sent).toEqual(waitMs === null ? [] : [waitMs]);
  });
});

test("toPkcs8() gives the platform a key that GitHub made", async () => {
  const pair = await crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
    true,
    ["sign", "verify"],
  );
  if (!("privateKey" in pair)) throw new Error("a pair was asked for");
  const whole = new Uint8Array(Object(await crypto.subtle.exportKey("pkcs8", pair.privateKey)));
  // Behind 26 bytes of envelope stands the key as PKCS#1.
  const inner = btoa(String.fromCharCode(...whole.subarray(26)));
  const pem = toPkcs8(`-----BEGIN RSA PRIVATE KEY-----\n${inner}\n-----END RSA PRIVATE KEY-----\n`);
  const body = pem.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");
  expect(body).toBe(btoa(String.fromCharCode(...whole)));
  expect(toPkcs8("-----BEGIN PRIVATE KEY-----\nx")).toBe("-----BEGIN PRIVATE KEY-----\nx");
});
