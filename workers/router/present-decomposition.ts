import { roundTo } from "../../shared/base/stats.ts";
import type { DecomposedBody, PartModelBody, SwarmBody, SwarmDagBody } from "../../shared/contract/decompose.ts";
import { toUsd } from "../../shared/contract/fields.ts";
import type { ModelBody } from "../../shared/contract/models.ts";
import { PARALLEL_DEFAULT, toWaves } from "../../shared/run/plan/dag.ts";
import type { DecidedPart, Decomposition } from "../../shared/run/plan/decompose.ts";
import type { DecomposedTask } from "./decompose-task.ts";

/** What is handed back as it was asked. */
interface Asked {
  readonly task: string;
  readonly context: string | null;
}

const ONE_PIECE = "The task reads as one piece of work: no list, headings or further instructions to split it by";

const toContext = (context: string | readonly string[] | null | undefined): string | null =>
  context === null || context === undefined || typeof context === "string" ? (context ?? null) : context.join(",");

export const toAsked = (body: {
  readonly task: string;
  readonly context?: string | readonly string[] | null | undefined;
}): Asked => ({
  task: body.task,
  context: toContext(body.context),
});

function toModel({ decision, category }: DecidedPart, bodies: readonly ModelBody[]): PartModelBody | null {
  if (!decision.ok) return null;
  const { model, effort } = decision.value.pick;
  const body = bodies.find((row) => row.id === model && row.effort === effort);
  if (body === undefined) throw new Error(`${model} at ${effort} is picked and not in the catalogue`);
  const score = body.scores[category] ?? body.scores.general ?? 0;
  const { prompt, completion } = body.pricing;
  return { id: body.id, name: body.name, provider: body.provider, score, pricing: { prompt, completion } };
}

function toReason({ decision }: DecidedPart): string {
  if (decision.ok) return decision.value.rationale;
  const { fault } = decision;
  if (fault.kind !== "no_candidates") return fault.kind;
  return `No model is left: of ${fault.before} none passed the filter ${fault.emptiedBy}`;
}

const toDecided = (part: DecidedPart, { band, bodies }: DecomposedTask) => ({
  category: part.category,
  budget: band,
  model: toModel(part, bodies),
  reason: toReason(part),
});

/** POST /api/decompose: steps in an order that can be gone through one by one. */
export function toDecomposedBody(decomposed: DecomposedTask, asked: Asked): DecomposedBody {
  const { plan } = decomposed;
  if (plan === null) return { decomposed: false, reason: ONE_PIECE };
  const steps = plan.order.flatMap((at, i) => {
    const part = plan.parts[at];
    return part === undefined ? [] : [{ step: i + 1, task: part.text, ...toDecided(part, decomposed) }];
  });
  return { decomposed: true, totalSteps: steps.length, steps, originalTask: asked.task, context: asked.context };
}

/** Places of the order, not of the text: `swarm-1` never waits for `swarm-2`. */
const toId = (plan: Decomposition, part: number): string => `swarm-${plan.order.indexOf(part) + 1}`;

function toTasks(
  plan: Decomposition,
  waves: readonly (readonly number[])[],
  decomposed: DecomposedTask,
): SwarmDagBody["tasks"] {
  return plan.order.flatMap((at) => {
    const part = plan.parts[at];
    if (part === undefined) return [];
    const dependsOn = plan.edges.filter(({ to }) => to === at).map(({ from }) => toId(plan, from));
    const wave = waves.findIndex((members) => members.includes(at));
    const { persona, text } = part;
    return [{ id: toId(plan, at), description: text, ...toDecided(part, decomposed), persona, dependsOn, wave }];
  });
}

function toCost({ parts }: Decomposition): SwarmDagBody["estimatedCost"] {
  const sum = (pick: "lowMicroUsd" | "highMicroUsd"): number =>
    parts.reduce((total, { cost }) => total + (cost?.[pick] ?? 0), 0);
  return { low: roundTo(toUsd(sum("lowMicroUsd")), 6), high: roundTo(toUsd(sum("highMicroUsd")), 6) };
}

function toWarning({ split, plan }: DecomposedTask): string | null {
  const merged =
    split.found > split.parts.length ? [`${split.found} parts were put together into ${split.parts.length}`] : [];
  const missing = plan?.parts.filter(({ decision }) => !decision.ok).length ?? 0;
  const unpicked = missing === 0 ? [] : [`no model fits ${missing} of the parts, whose cost is not in the estimate`];
  const warnings = [...merged, ...unpicked];
  return warnings.length === 0 ? null : warnings.join("; ");
}

/** POST /api/swarm: waves count from 0. */
export function toSwarmBody(
  decomposed: DecomposedTask,
  { asked, maxParallel }: { asked: Asked; maxParallel: number | undefined },
): SwarmBody {
  const { plan } = decomposed;
  if (plan === null) return { decomposed: false, reason: ONE_PIECE };
  const waves = toWaves(plan.parts.length, plan.edges, maxParallel ?? PARALLEL_DEFAULT);
  const tasks = toTasks(plan, waves, decomposed);
  const warning = toWarning(decomposed);
  const dag = {
    tasks,
    waves: waves.map((members, wave) => ({
      wave,
      taskIds: members.map((part) => toId(plan, part)),
      description: members.length === 1 ? "1 task" : `${members.length} tasks side by side`,
    })),
    edges: plan.edges.map(({ from, to, type }) => ({ from: toId(plan, from), to: toId(plan, to), type })),
    totalTasks: tasks.length,
    totalWaves: waves.length,
    originalTask: asked.task,
    context: asked.context,
    estimatedCost: toCost(plan),
    ...(warning === null ? {} : { warning }),
  };
  return { decomposed: true, dag };
}
