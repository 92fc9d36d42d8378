import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { catalog, serveCatalog } from "./testing/caller.ts";
import { newRunCaller } from "./testing/run-caller.ts";
import { stopAtNoon } from "./testing/stop-at-noon.ts";
import {
  type Delivered,
  deliver,
  issueOf,
  issuesEvent,
  newHook,
  nextDelivery,
  receive,
  SECRET,
  signGithub,
  signStandard,
} from "./testing/webhook-sender.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const rows = async (): Promise<unknown> =>
  env.DB.prepare(
    "select (select count(*) from webhook_deliveries) as d, (select count(*) from decisions) as n, (select count(*) from tracker_threads) as t",
  ).first();

const headersOf = (text: string, over: Readonly<Record<string, string>> = {}) => ({
  "x-github-event": "issues",
  "x-github-delivery": nextDelivery(),
  "x-hub-signature-256": signGithub(text),
  ...over,
});

const OPENED = () => JSON.stringify(issuesEvent("opened", issueOf({ number: 11 })));
const toResult = ({ code, error, data }: Delivered) => [code, error ?? data?.result];
const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_WHSEC = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

describe("POST /webhooks/github", () => {
  it("refuses what is forged, unsigned, re-serialised, of another secret, hook or repository alike, and stores nothing", async () => {
    const admin = await newRunCaller("rc-forged", "admin");
    const { path, send } = await newHook(admin);
    const text = OPENED();
    const pretty = JSON.stringify(JSON.parse(text), null, 1);
    const before = await rows();
    const elsewhere = JSON.stringify({ ...JSON.parse(text), repository: { full_name: "acme/other" } });
    const answers = [
      await deliver(path, text, headersOf(text, { "x-hub-signature-256": signGithub(text, "another-secret-of-16") })),
      await deliver(path, text, headersOf(text, { "x-hub-signature-256": "" })),
      await deliver(path, text, headersOf(text, { "x-hub-signature-256": `sha256=${"0".repeat(64)}` })),
      await deliver(path, text, headersOf(text, { "x-hub-signature-256": signGithub(text).toUpperCase() })),
      await deliver(path, pretty, headersOf(text)),
      await deliver("/webhooks/github?hook=whk_unknown", text, headersOf(text)),
      await deliver("/webhooks/github", text, headersOf(text)),
      await deliver(path.replace("github?", "standard?"), text, headersOf(text)),
      await deliver(path, elsewhere, headersOf(elsewhere)),
    ];
    expect(answers.map(toResult)).toEqual(answers.map(() => [403, "FORBIDDEN"]));
    expect(await rows()).toEqual(before);
    expect(toResult(await send("issues", JSON.parse(text)))).toEqual([202, "accepted"]);
  });

  it("refuses an app's event of another installation", async () => {
    const admin = await newRunCaller("rc-app", "admin");
    const app = {
      app_id: 1,
      installation_id: 77,
      private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    };
    const { send } = await newHook(admin, { app });
    const event = issuesEvent("opened", issueOf({ number: 21 }));
    expect((await send("issues", { ...event, installation: { id: 78 } })).code).toBe(403);
    expect((await send("issues", { ...event, installation: { id: 77 } })).code).toBe(202);
  });

  it("answers 415 to another content type, 413 to more than 1 MiB, 400 to what is signed and no event", async () => {
    const { path } = await newHook(await newRunCaller("rc-shape", "admin"));
    const text = OPENED();
    const form = await deliver(path, text, headersOf(text, { "content-type": "application/x-www-form-urlencoded" }));
    const zipped = await deliver(path, text, headersOf(text, { "content-encoding": "gzip" }));
    const big = "x".repeat(1_048_577);
    const large = await deliver(path, big, headersOf(big));
    expect([form, zipped, large].map(({ code }) => code)).toEqual([415, 415, 413]);
    for (const body of [
      "{",
      "[]",
      "{}",
      "null",
      '{"issue":1}',
      '{"action":"opened","action":"closed"}',
      "[".repeat(5_000),
    ])
      expect([body, (await deliver(path, body, headersOf(body))).code]).toEqual([body, 400]);
    expect((await deliver(path, text, headersOf(text, { "x-github-event": "issue_comment" }))).code).toBe(400);
    expect((await deliver(path, text, headersOf(text, { "x-github-delivery": "" }))).code).toBe(400);
  });

  it("takes either of two secrets, for as long as both are configured", async () => {
    const admin = await newRunCaller("rc-rotate", "admin");
    const { path } = await newHook(admin, { secrets: ["the-new-secret-of-theirs", SECRET] });
    for (const secret of ["the-new-secret-of-theirs", SECRET]) {
      const text = JSON.stringify(issuesEvent("opened", issueOf({ title: secret })));
      expect(
        (await deliver(path, text, headersOf(text, { "x-hub-signature-256": signGithub(text, secret) }))).code,
      ).toBe(202);
    }
    await newHook(admin, { secrets: ["the-new-secret-of-theirs"] });
    const text = OPENED();
    expect((await deliver(path, text, headersOf(text))).code).toBe(403);
  });

  it("takes one of fifty equal deliveries at once, and none again: not under its id, not by its bytes", async () => {
    const { path } = await newHook(await newRunCaller("rc-dup", "admin"));
    const text = OPENED();
    const headers = headersOf(text);
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(path, text, headers)));
    expect(answers.filter(({ code }) => code === 202)).toHaveLength(1);
    expect(answers.filter(({ data }) => data?.result === "duplicate")).toHaveLength(49);
    expect(toResult(await deliver(path, text, headersOf(text)))).toEqual([200, "duplicate"]);
    const other = OPENED();
    expect(
      toResult(await deliver(path, other, { ...headersOf(other), "x-github-delivery": headers["x-github-delivery"] })),
    ).toEqual([200, "duplicate"]);
  });

  it("keeps nothing of a delivery that it could not keep whole", async () => {
    const { path } = await newHook(await newRunCaller("rc-back", "admin"));
    const text = OPENED();
    const headers = headersOf(text);
    await env.DB.prepare("alter table webhook_deliveries rename to webhook_deliveries_away").run();
    const failed = await receive(path, text, headers);
    await env.DB.prepare("alter table webhook_deliveries_away rename to webhook_deliveries").run();
    expect([failed.code, failed.kept]).toEqual([503, []]);
    expect(toResult(await deliver(path, text, headers))).toEqual([202, "accepted"]);
  });

  it("takes none of 1,000 deliveries with one bit of body or signature turned", async () => {
    const quiet = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const { path } = await newHook(await newRunCaller("rc-bits", "admin"));
    const text = OPENED();
    const [bytes, signature] = [new TextEncoder().encode(text), signGithub(text)];
    const before = await rows();
    let seed = 4_711;
    const below = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * most);
    };
    const codes = new Map<number, number>();
    for (let i = 0; i < 1_000; i += 1) {
      const [body, sign] = [Uint8Array.from(bytes), Uint8Array.from(signature, (char) => char.charCodeAt(0))];
      const target = i % 2 === 0 ? body : sign;
      const at = below(target.length);
      // Seven bits of the signature, so that the header stays one that can be sent.
      target[at] = (target[at] ?? 0) ^ (1 << below(i % 2 === 0 ? 8 : 7));
      const header = String.fromCharCode(...sign);
      if (!/^[\x21-\x7e]*$/.test(header)) continue;
      const { code } = await deliver(path, body, headersOf(text, { "x-hub-signature-256": header }));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    quiet.mockRestore();
    expect([...codes.keys()]).toEqual([403]);
    expect(codes.get(403)).toBeGreaterThan(800);
    expect(await rows()).toEqual(before);
    expect((await deliver(path, text, headersOf(text))).code).toBe(202);
  });
});

describe("POST /webhooks/standard", () => {
  const save = async (tenant: string, settings: object = {}) => {
    const admin = await newRunCaller(tenant, "admin", "run", "read");
    const body = { secrets: [WHSEC, OLD_WHSEC], ...settings };
    const saved = await admin.send({ method: "PUT", path: "/api/webhooks/standard", body });
    const path: string = Object(saved.body).data.path;
    const send = (task: unknown, over: { id?: string; atMs?: number; secret?: string; headers?: object } = {}) => {
      const text = typeof task === "string" ? task : JSON.stringify(task);
      const { id = nextDelivery(), atMs = Date.now(), secret = WHSEC, headers = {} } = over;
      return deliver(path, text, { ...signStandard(text, { id, atMs, secret }), ...headers });
    };
    return { admin, send };
  };
  const TASK = { task: "Fix the typo in README.md" };

  it("decides a signed task once, under either secret", async () => {
    const { send } = await save("sw-once");
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(TASK, { id: "msg_1", atMs: 1_000 * Math.floor(Date.now() / 1_000) })),
    );
    expect(answers.filter(({ code }) => code === 202)).toHaveLength(1);
    expect(answers.every(({ code }) => [200, 202, 409].includes(code))).toBe(true);
    expect(toResult(await send(TASK, { id: "msg_1" }))).toEqual([200, "duplicate"]);
    const [first] = answers.flatMap(({ data }) => data?.decision_id ?? []);
    const old = await send({ ...TASK, task_id: "T-9" }, { secret: OLD_WHSEC });
    expect([old.code, first, old.data?.run_id]).toEqual([202, expect.stringMatching(/^dec_/), null]);
  });

  it("is no duplicate while a request that may die works on it, and is taken over a minute later", async () => {
    const { send } = await save("sw-died");
    await send(TASK, { id: "msg_died" });
    const at = (ageMs: number) =>
      env.DB.prepare("update webhook_deliveries set is_done = 0, received_at_ms = ? where delivery_id = 'msg_died'")
        .bind(Date.now() - ageMs)
        .run();
    await at(1_000);
    expect((await send(TASK, { id: "msg_died" })).code).toBe(409);
    await at(61_000);
    expect((await send(TASK, { id: "msg_died" })).code).toBe(202);
  });

  it("refuses what is stale either way, forged, without a header, or dated by more than digits", async () => {
    const { send } = await save("sw-stale");
    const now = Date.now();
    const nowS = Math.floor(now / 1_000);
    // Signed when it is sent: on a slow machine what was dated ahead would come into its time.
    const dated = (offMs: number) => send(TASK, { atMs: Date.now() + offMs });
    for (const offMs of [-302_000, 310_000]) expect([offMs, (await dated(offMs)).code]).toEqual([offMs, 403]);
    const bad: readonly Parameters<typeof send>[1][] = [
      { secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
      { headers: { "webhook-id": "another" } },
      { headers: { "webhook-signature": "" } },
      { headers: { "webhook-signature": "v2,AAAA" } },
      { headers: { "webhook-timestamp": `${nowS}x` } },
      { headers: { "webhook-timestamp": `0x${nowS.toString(16)}` } },
      { headers: { "webhook-timestamp": String(nowS - 1) } },
    ];
    for (const over of bad) expect([over, (await send(TASK, over)).code]).toEqual([over, 403]);
    expect((await dated(-290_000)).code).toBe(202);
  });

  it("takes the right one of a list of signatures", async () => {
    const { send } = await save("sw-list");
    const text = JSON.stringify(TASK);
    const signed = signStandard(text, { id: "m", atMs: Date.now(), secret: WHSEC });
    const list = `v1a,AAAA v1,${"A".repeat(43)}= ${signed["webhook-signature"]}`;
    expect((await send(text, { headers: { ...signed, "webhook-signature": list } })).code).toBe(202);
  });

  it.each([{}, { task_id: "named" }])("runs the decision that it answers: %o", async (more) => {
    const { admin, send } = await save(`sw-same-${"task_id" in more}`, { runs: { on: true, mode: "single" } });
    const started = await send({ ...TASK, ...more, run: true });
    const run = await admin.send({ method: "GET", path: `/api/runs/${started.data?.run_id}` });
    expect([started.code, started.data?.decision_id]).toEqual([202, Object(run.body).data?.decision_id]);
  });

  it("starts a run where the hook allows it, under its cap", async () => {
    stopAtNoon();
    const { send } = await save("sw-run", { runs: { on: true, per_day: 1, max_usd: 0.5 } });
    const started = await send({ ...TASK, task_id: "A", run: true });
    expect([started.code, started.data?.run_id]).toEqual([202, expect.stringMatching(/^run_/)]);
    expect((await send({ ...TASK, task_id: "B", run: true })).code).toBe(409);
    const { send: off } = await save("sw-run-off");
    expect((await off({ ...TASK, run: true })).code).toBe(409);
    expect((await off({ ...TASK, more: 1 })).code).toBe(400);
  });
});
