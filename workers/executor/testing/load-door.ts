import { env } from "cloudflare:workers";
import type { D1Database } from "@cloudflare/workers-types";
import { planCollective } from "../../../shared/run/plan/collective.ts";
import { planSingle } from "../../../shared/run/plan/single.ts";
import { toCore } from "../../../shared/run/testing/made-run.ts";
import { openDb } from "../../platform/d1/open-db.ts";
import { listRuns, readRun, readRunEvents, readRunSteps } from "../../platform/d1/run-read-store.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import { watchStatements } from "../../platform/testing/watch-statements.ts";
import { LOAD_OPS, type LoadBody, type LoadOp } from "./load-ops.ts";
import { makeExecutor, TENANT } from "./made-executor.ts";

const core = toCore();
const single = planSingle(core, { deliver: false });
const collective = planCollective(core, { count: 3, deliver: false });
const INSTANTLY = () => "at once";

/** How the rows of one run become those of another, by table and column. */
const COPIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  runs: { id: "'seed_' || i", created_at_ms: "created_at_ms - i" },
  steps: { run_id: "'seed_' || i" },
  run_events: { run_id: "'seed_' || i" },
  run_texts: { run_id: "'seed_' || i" },
  calls: { run_id: "'seed_' || i", call_id: "'seed_' || i || '/call-1/1'" },
  budgets: { scope: "'run:seed_' || i" },
};

/** Copies of a run that has ended, numbered `from` to `to`. */
async function seed(d1: D1Database, { from, to, runId }: { from: number; to: number; runId: string }): Promise<void> {
  for (const [table, changed] of Object.entries(COPIES)) {
    const columns = await d1.prepare(`select name from pragma_table_info('${table}')`).all<{ name: string }>();
    const names = columns.results.map(({ name }) => name);
    const values = names.map((name) => changed[name] ?? `"${name}"`).join(", ");
    const own = table === "budgets" ? "scope = 'run:' || ?3" : `${table === "runs" ? "id" : "run_id"} = ?3`;
    const made = `with recursive n(i) as (select cast(?1 as integer) union all select i + 1 from n where i < ?2)
      insert into ${table} (${names.join(", ")}) select ${values} from n, ${table} where ${own}`;
    await d1.prepare(made).bind(from, to, runId).run();
  }
}

type Executor = ReturnType<typeof makeExecutor>;

async function once(op: LoadOp, executor: Executor, d1: D1Database): Promise<void> {
  const db = openDb(d1);
  const of = { tenantId: TENANT, runId: "seed_5" };
  switch (op) {
    case "accept":
      // Of somebody else: whoever has a place free would take up what waits.
      await executor.accept(single, { tenantId: "t_accept" });
      return;
    case "single":
      await executor.accept(single);
      return executor.drain();
    case "collective":
      await executor.accept(collective);
      return executor.drain();
    case "sweep":
      return void (await executor.sweep());
    case "list":
      return void unwrap(await listRuns(db, { tenantId: TENANT, before: null, limit: 20, state: null }));
    case "list_failed":
      return void unwrap(await listRuns(db, { tenantId: TENANT, before: null, limit: 20, state: "failed" }));
    case "status":
      unwrap(await readRun(db, of));
      return void unwrap(await readRunSteps(db, of));
    case "events":
      return void unwrap(await readRunEvents(db, { ...of, after: 0, limit: 100 }));
  }
}

async function answer(body: LoadBody): Promise<object> {
  const d1: D1Database = env.DB;
  if (body.op === "seed") {
    const executor = makeExecutor(openDb(d1), INSTANTLY);
    const runId = await executor.accept(single);
    await executor.drain();
    await seed(d1, { ...body, runId });
    return {};
  }
  const { d1: watched, count } = watchStatements(d1);
  const used = body.isCounted ? watched : d1;
  const executor = makeExecutor(openDb(used), INSTANTLY);
  for (let n = 0; n < body.times; n += 1) {
    await once(body.op, executor, used);
    // What was only accepted would be started by the next operation.
    if (body.op === "accept") executor.messages.length = 0;
  }
  return count;
}

/** A worker of the bench alone: the engine's own functions on the real tables, with models that answer at once. */
export default {
  async fetch(request: Request): Promise<Response> {
    // Only bench/engine-cost.ts calls it.
    const body = (await request.json()) as LoadBody;
    if (body.op !== "seed" && !LOAD_OPS.includes(body.op)) throw new Error(`no operation ${String(body.op)}`);
    return Response.json(await answer(body));
  },
};
