import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { PLAIN_REQUEST } from "../../../shared/policy/decision.ts";
import { splitTask } from "../../../shared/prompt/splitter.ts";
import type { ModelCall } from "../../../shared/run/model-call.ts";
import { toKnownPicks } from "../../../shared/run/plan/known-picks.ts";
import { planByModel } from "../../../shared/run/plan/llm-plan.ts";
import { planRun } from "../../../shared/run/plan/plan-run.ts";
import { toCore } from "../../../shared/run/testing/made-run.ts";
import type { Db } from "../../platform/d1/open-db.ts";
import type { NewRun } from "../../platform/d1/run-accept-store.ts";
import type { RunModel } from "../../platform/d1/run-row.ts";
import type { ExpandedPlan, PlanAsk } from "../../platform/plan-door.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import { makeExecutor, type Script, SETTINGS, toModel } from "./made-executor.ts";

const core = toCore();
export const TASK = "1. Write the parser\n2. Write its tests\n3. Document the format";
export const userText = (call: ModelCall): string => call.messages.map(({ text }) => text).join("\n");
export const isPlanner = (call: ModelCall): boolean => userText(call).includes("You plan how a task is split");
export const part = (id: string, depends_on: readonly string[] = []) => ({ id, text: `make ${id}`, depends_on });
export const DIAMOND = [part("base"), part("left", ["base"]), part("right", ["base"]), part("top", ["left", "right"])];

/** A plan in the form that was asked for, with the seal of this very question. */
export function plan(call: ModelCall, parts: unknown): string {
  const [, seal] = /\{"seal": "(\w+)"/.exec(userText(call)) ?? [];
  return JSON.stringify({ seal, parts });
}

const PRICED: readonly RunModel[] = toKnownPicks(core).map(({ model }) => toModel(model));

interface RouterOptions {
  /** Of its parts; a function is told whether the run was approved before. */
  readonly requiresApproval?: boolean | ((isApproved: boolean) => boolean);
  /** Answers before this many asks are that it is away. */
  readonly awayFor?: number;
  readonly says?: Result<ExpandedPlan>;
}

/** Stands in for the router: the same planner, everybody chosen alike. */
function makeRouter({ requiresApproval = false, awayFor = 0, says }: RouterOptions = {}) {
  const asks: PlanAsk[] = [];
  const expandPlan = async (ask: PlanAsk): Promise<Result<ExpandedPlan>> => {
    asks.push(ask);
    if (asks.length <= awayFor) return fail({ kind: "unavailable", what: "router", detail: "away" });
    if (says !== undefined) return says;
    const { draft, mode, task } = ask;
    const drafted =
      draft.by === "llm"
        ? draft.parts
        : splitTask(task).parts.map(({ text }, i) => ({ id: String(i), text, dependsOn: [] }));
    const parts = drafted.map((one) => ({ ...one, decision: core }));
    const cascade = { verifier: "judge", verifierJ: null, handOn: { answer: true, reasons: true } } as const;
    const planned = unwrap(planRun({ mode, core, parts, count: 3, deliver: false, ...cascade }));
    const words = Object.fromEntries(parts.map(({ id, text }) => [id, text]));
    const roles = Object.fromEntries(parts.map(({ id }) => [id, `You make ${id}.`]));
    const isToBeSeen = typeof requiresApproval === "boolean" ? requiresApproval : requiresApproval(ask.isApproved);
    const made = { plan: planned, models: PRICED, parts: words, roles };
    return ok({ ...made, gateReason: isToBeSeen ? "a part is risky" : null, governanceEvents: [] });
  };
  return { asks, expandPlan };
}

const facts = { request: PLAIN_REQUEST, governance: null, mergeModel: null };

/** What a run that a model is to plan is accepted with. */
interface Started extends RouterOptions {
  readonly mode?: "plan" | "swarm";
  readonly run?: Partial<NewRun>;
}

/** A run that a model is to plan, with a router of its own. */
export async function startPlanned(db: Db, script: Script, { mode = "swarm", run = {}, ...options }: Started = {}) {
  const router = makeRouter(options);
  const executor = makeExecutor(db, script, { expandPlan: router.expandPlan });
  const runId = await executor.accept(planByModel(core, { mode, deliver: false }), {
    ...{ decisionId: "dec_1", settings: { ...SETTINGS, planning: facts }, ...run },
    texts: { task: `${TASK}\nfiles: a.ts`, planning: { task: TASK, stack: ["ts"] } },
  });
  return { router, executor, runId, look: () => executor.look(runId) };
}
