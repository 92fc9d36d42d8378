import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  artifactSchema,
  type RunBody,
  runChangedSchema,
  runResultSchema,
  runSchema,
} from "../../shared/contract/run-answers.ts";
import { type Answered, catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { playStep } from "./testing/play-step.ts";
import { newRunCaller, type RunCaller, sentSteps } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TASK = "Fix the typo in README.md";
const errorOf = ({ status, body }: Answered): unknown => [status, Object(body).error?.code];
const runOf = (caller: RunCaller, id: string): Promise<RunBody> => caller.read(runSchema, `/api/runs/${id}`);

describe("GET /api/runs/:id and its result", () => {
  it("shows progress, steps, tokens and cost, and the merged result with the answers behind it", async () => {
    const caller = await newRunCaller("reading", "run", "read");
    const { id } = await caller.create({ task: TASK, mode: "collective", count: 2 });
    await playStep({ runId: id, stepId: "call-1", text: "first answer" });
    expect((await runOf(caller, id)).progress).toEqual({
      total: 3,
      done: 1,
      running: 0,
      failed: 0,
      skipped: 0,
      percent: 33,
    });
    const open = await caller.read(runResultSchema, `/api/runs/${id}/result?raw=1`);
    expect(open).toMatchObject({ status: "running", complete: null, output: null, result_from: [] });
    expect(open.raw_outputs).toEqual([{ step_id: "call-1", output: "first answer" }]);

    await playStep({ runId: id, stepId: "call-2", text: "second answer" });
    const said = {
      best: ["A"],
      why: "it is whole",
      agreed: [],
      disputed: ["length"],
      minority: [{ label: "B", says: "shorter" }],
    };
    await playStep({ runId: id, stepId: "merge", text: "merged ✓", notes: JSON.stringify(said) });
    const run = await runOf(caller, id);
    expect(run).toMatchObject({ status: "done", progress: { done: 3, percent: 100 } });
    expect(run.cost).toMatchObject({ spent_usd: 0.003, reserved_usd: 0, prompt_tokens: 300, completion_tokens: 150 });
    expect(run.steps[2]).toMatchObject({ id: "merge", state: "done", calls: 1, cost_usd: 0.001, prompt_tokens: 100 });
    const result = await caller.read(runResultSchema, `/api/runs/${id}/result`);
    expect(result).toMatchObject({ complete: true, output: "merged ✓", result_from: ["merge"] });
    expect(result.merge_notes).toEqual({
      ...said,
      best: ["call-1"],
      minority: [{ step_id: "call-2", says: "shorter" }],
    });
    expect(result.raw_outputs).toBeUndefined();
    expect(result.artifacts.map(({ step_id, bytes }) => [step_id, bytes])).toEqual([
      ["call-1", 12],
      ["call-2", 13],
      ["merge", 10],
    ]);
    const artifact = await caller.read(artifactSchema, `/api/runs/${id}/steps/call-2/artifact`);
    expect(artifact).toMatchObject({ kind: "call", content: "second answer" });
  });

  it("delivers the one survivor of a collective without a merge, and says that it is not whole", async () => {
    const caller = await newRunCaller("survivor", "run", "read");
    const { id } = await caller.create({ task: TASK, mode: "collective", count: 2 });
    await playStep({ runId: id, stepId: "call-1", text: null });
    await playStep({ runId: id, stepId: "call-2", text: "the only answer" });
    const result = await caller.read(runResultSchema, `/api/runs/${id}/result`);
    expect(result).toMatchObject({ status: "done", complete: false, output: "the only answer" });
    const { steps } = await runOf(caller, id);
    expect(steps.map(({ state, skipped, error }) => [state, skipped, error])).toEqual([
      ["failed", null, "server_error"],
      ["done", null, null],
      ["skipped", "1 answers came, fewer than a merge needs", null],
    ]);
  });

  it("answers unknown and foreign runs alike, on every door of a run", async () => {
    const owner = await newRunCaller("owner", "run", "read");
    const { id } = await owner.create({ task: TASK });
    const other = await newRunCaller("other", "run", "read", "approve");
    const doors = ["", "/events", "/result", "/steps/call-1/artifact"].map((path) => ["GET", path] as const);
    const changes = ["/cancel", "/approve", "/verdict", "/resume"].map((path) => ["POST", path] as const);
    for (const [method, path] of [...doors, ...changes]) {
      const body = path === "/verdict" ? { accepted: true, source: "ci" } : {};
      const of = (run: string) =>
        other.send({ method, path: `/api/runs/${run}${path}`, ...(method === "POST" ? { body } : {}) });
      const [foreign, unknown] = [await of(id), await of("run_nobody")];
      expect([path, foreign.status]).toEqual([path, 404]);
      expect(JSON.stringify(foreign.body).replace(id, "run_nobody")).toBe(JSON.stringify(unknown.body));
    }
    expect((await runOf(owner, id)).status).toBe("running");
  });
});

describe("GET /api/runs", () => {
  it("pages through the tenant's runs, newest first, and filters by status", async () => {
    const caller = await newRunCaller("paging", "run", "read");
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.push((await caller.create({ task: `${TASK} ${n}` })).id);
    await caller.post(`/api/runs/${made[2]}/cancel`);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body } = await caller.get(
        `/api/runs?limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...Object(body).data.map((run: { id: string }) => run.id));
      cursor = Object(body).meta.next_cursor;
    }
    expect(seen).toEqual([...made].reverse());
    const canceled = await caller.get("/api/runs?status=canceled");
    expect(Object(canceled.body).data.map((run: { id: string }) => run.id)).toEqual([made[2]]);
    expect(errorOf(await caller.get("/api/runs?cursor=bm9uc2Vuc2U="))).toEqual([400, "INVALID_PARAM"]);
  });
});

/** The whole text of a stream that ends by itself. */
const readStream = async (caller: RunCaller, path: string, headers: Record<string, string> = {}): Promise<string> => {
  const response = await caller.raw({ method: "GET", path, headers: { accept: "text/event-stream", ...headers } });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  return response.text();
};
const idsOf = (stream: string): readonly number[] => [...stream.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe("GET /api/runs/:id/events", () => {
  it("tells what happened, by polling and as a stream, each event once and none missed after a break", async () => {
    const caller = await newRunCaller("events", "run", "read");
    const { id } = await caller.create({ task: TASK });
    await playStep({ runId: id, stepId: "call-1", text: "done" });
    const { body } = await caller.get(`/api/runs/${id}/events`);
    const events: readonly { id: number; type: string }[] = Object(body).data;
    expect(events[0]?.type).toBe("run_accepted");
    expect(events.map(({ type }) => type)).toContain("step_done");
    expect(Object(body).meta).toEqual({ status: "done", last_event_id: events.at(-1)?.id });

    const stream = await readStream(caller, `/api/runs/${id}/events`);
    expect(idsOf(stream)).toEqual(events.map((event) => event.id));
    expect(stream.startsWith("retry: 2000\n\n")).toBe(true);
    expect(stream.endsWith('event: end\ndata: {"status":"done"}\n\n')).toBe(true);
    const half = String(events[1]?.id);
    const rest = await readStream(caller, `/api/runs/${id}/events`, { "last-event-id": half });
    expect(idsOf(rest)).toEqual(events.slice(2).map((event) => event.id));
    const page = await caller.get(`/api/runs/${id}/events?after=${half}&limit=1`);
    expect(Object(page.body).data.map((event: { id: number }) => event.id)).toEqual([events[2]?.id]);
  });

  it("streams what comes while it is open", async () => {
    const caller = await newRunCaller("live", "run", "read");
    const { id } = await caller.create({ task: TASK });
    const reading = readStream(caller, `/api/runs/${id}/events`);
    await playStep({ runId: id, stepId: "call-1", text: "done" });
    const stream = await reading;
    expect(stream).toContain("event: step_done");
    expect(stream).toContain("event: end");
  });

  it("refuses a Last-Event-ID that no event had", async () => {
    const caller = await newRunCaller("events", "run", "read");
    const { id } = await caller.create({ task: TASK });
    const answer = await caller.send({
      method: "GET",
      path: `/api/runs/${id}/events`,
      headers: { "last-event-id": "x" },
    });
    expect(errorOf(answer)).toEqual([400, "INVALID_PARAM"]);
  });
});

describe("POST /api/runs/:id/cancel", () => {
  it("ends an open run once, keeps what was paid for, and leaves an ended one as it is", async () => {
    const caller = await newRunCaller("cancel", "run", "read");
    const { id } = await caller.create({ task: TASK, mode: "collective", count: 2 });
    await playStep({ runId: id, stepId: "call-1", text: "paid for" });
    const first = dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/cancel`));
    expect([first.status, first.changed]).toEqual(["canceled", true]);
    const again = dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/cancel`));
    expect([again.status, again.changed]).toEqual(["canceled", false]);
    const result = await caller.read(runResultSchema, `/api/runs/${id}/result`);
    expect(result).toMatchObject({ status: "canceled", complete: false, output: "paid for" });
  });
});

const GATED =
  "Rotate the JWT signing keys in production and delete the old ones from the vault, then force all users to log in again";

describe("POST /api/runs/:id/approve", () => {
  it("lets another key with scope approve start the run, and names the decision's approval", async () => {
    const asker = await newRunCaller("gate", "run", "read", "approve");
    const { id, status, gate, decision_id } = await asker.create({ task: GATED });
    expect([status, gate.requires_approval]).toEqual(["awaiting_approval", true]);
    expect(sentSteps.some((name) => name.startsWith(id))).toBe(false);
    expect(errorOf(await asker.post(`/api/runs/${id}/approve`))).toEqual([403, "FORBIDDEN"]);
    const runner = await newRunCaller("gate", "run", "read", "admin");
    expect(errorOf(await runner.post(`/api/runs/${id}/approve`))).toEqual([403, "FORBIDDEN"]);
    const approver = await newRunCaller("gate", "approve", "read");
    const changed = dataOf(runChangedSchema, await approver.post(`/api/runs/${id}/approve`, { note: "fine" }));
    expect(changed.status).toBe("running");
    expect(sentSteps.filter((name) => name.startsWith(id))).toEqual([`${id}/call-1`]);
    const decision = await asker.get(`/api/decisions/${decision_id}`);
    expect(Object(decision.body).data.gate.approval_id).toBe(changed.approval_id);
    expect((await runOf(asker, id)).gate.approval_id).toBe(changed.approval_id);
    expect(errorOf(await approver.post(`/api/runs/${id}/approve`))).toEqual([409, "CONFLICT"]);
  });

  it("starts at once where another key approved the decision, and not where the asker did", async () => {
    const asker = await newRunCaller("gate-known", "run", "read");
    const routed = await asker.post("/api/route", { task: GATED, task_id: "G-1" });
    const decision = Object(routed.body).data;
    const approver = await newRunCaller("gate-known", "approve", "run", "read");
    expect((await approver.post(`/api/decisions/${decision.id}/approve`)).status).toBe(200);
    const { id } = await asker.create({ task: GATED, task_id: "G-1" });
    expect((await runOf(asker, id)).status).toBe("running");
    const own = await approver.create({ task: GATED, task_id: "G-1" });
    expect((await runOf(asker, own.id)).status).toBe("awaiting_approval");
    const third = await newRunCaller("gate-known", "approve");
    expect((await third.post(`/api/runs/${own.id}/approve`)).status).toBe(200);
    expect((await runOf(asker, own.id)).status).toBe("running");
  });

  it("is refused for a run that awaits nothing", async () => {
    const caller = await newRunCaller("ungated", "run", "read");
    const { id } = await caller.create({ task: TASK });
    expect((await runOf(caller, id)).gate).toEqual({ requires_approval: false, reason: null, approval_id: null });
    const approver = await newRunCaller("ungated", "approve");
    expect(errorOf(await approver.post(`/api/runs/${id}/approve`))).toEqual([409, "CONFLICT"]);
  });
});

describe("POST /api/runs/:id/verdict", () => {
  const awaiting = async (tenant: string) => {
    const caller = await newRunCaller(tenant, "run", "read");
    const { id } = await caller.create({ task: TASK, mode: "cascade", verifier: "external" });
    await playStep({ runId: id, stepId: "call-1", text: "cheap answer" });
    expect((await runOf(caller, id)).status).toBe("awaiting_verdict");
    return { caller, id };
  };

  it("delivers an accepted answer, says what was saved, and takes no second verdict", async () => {
    const { caller, id } = await awaiting("verdict-yes");
    const verdict = { accepted: true, source: "ci" };
    expect(dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/verdict`, verdict)).status).toBe("done");
    const result = await caller.read(runResultSchema, `/api/runs/${id}/result`);
    expect(result).toMatchObject({ output: "cheap answer", complete: true });
    expect(result.cost.saved_usd).toBeGreaterThan(0);
    expect(errorOf(await caller.post(`/api/runs/${id}/verdict`, verdict))).toEqual([409, "CONFLICT"]);
  });

  it("lets the next model try on a rejection, and keeps the evidence sealed", async () => {
    const { caller, id } = await awaiting("verdict-no");
    const verdict = { accepted: false, source: "ci", evidence: "FAIL wombatfish.test.ts", step_id: "check-1" };
    expect(dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/verdict`, verdict)).status).toBe("running");
    expect(sentSteps).toContain(`${id}/call-2`);
    const artifact = await caller.read(artifactSchema, `/api/runs/${id}/steps/check-1/artifact`);
    expect(artifact).toMatchObject({ kind: "verdict", model: null, content: verdict.evidence });
    const stored = await env.BLOBS.list({ prefix: `runs/${id}/check-1/` });
    for (const { key } of stored.objects) expect(await (await env.BLOBS.get(key))?.text()).not.toContain("wombatfish");
    const { steps } = await runOf(caller, id);
    expect(steps.find((step) => step.id === "check-1")?.finding).toMatchObject({ kind: "outside", accepted: false });
  });

  it("takes one of many at once", async () => {
    const { caller, id } = await awaiting("verdict-race");
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        caller.post(`/api/runs/${id}/verdict`, { accepted: n % 2 === 0, source: "ci", evidence: `log ${n}` }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(7).fill(409)]);
  });

  it("is refused for another step", async () => {
    const { caller, id } = await awaiting("verdict-other");
    const answer = await caller.post(`/api/runs/${id}/verdict`, { accepted: true, source: "ci", step_id: "call-1" });
    expect(errorOf(answer)).toEqual([409, "CONFLICT"]);
  });
});

describe("POST /api/runs/:id/resume", () => {
  it("goes on under a raised cap, and refuses one that is not above", async () => {
    const caller = await newRunCaller("resume", "run", "read");
    const { id } = await caller.create({ task: TASK, max_usd: 0.001 });
    expect(errorOf(await caller.post(`/api/runs/${id}/resume`, { max_usd: 1 }))).toEqual([409, "CONFLICT"]);
    await playStep({ runId: id, stepId: "call-1", text: "dear", microUsd: 2_000 });
    expect((await runOf(caller, id)).status).toBe("paused_budget");
    expect(errorOf(await caller.post(`/api/runs/${id}/resume`, { max_usd: 0.0005 }))).toEqual([400, "INVALID_PARAM"]);
    const changed = dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/resume`, { max_usd: 1 }));
    expect([changed.status, changed.cap_usd]).toEqual(["running", 1]);
    await playStep({ runId: id, stepId: "call-1", text: "dear", microUsd: 2_000 });
    expect((await runOf(caller, id)).cost).toMatchObject({ cap_usd: 1, spent_usd: 0.002, reserved_usd: 0 });
  });
});
