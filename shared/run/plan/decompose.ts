import { ok, type Result } from "../../base/result.ts";
import { decide } from "../../policy/decide.ts";
import type { DecideInput, DecisionCore } from "../../policy/decision.ts";
import { type OutcomeObservation, sumOutcomes } from "../../policy/outcomes.ts";
import { PARAMETERS } from "../../policy/parameters.ts";
import type { Need } from "../../policy/policy.ts";
import type { Split, TaskPart } from "../../prompt/splitter.ts";
import { type Artifact, namedArtifacts, type Phase, thingWords } from "../../prompt/work-words.ts";
import type { Classification } from "../../task/classification.ts";
import { type Category, COMPLEXITY_LABELS, type TaskType } from "../../task/labels.ts";
import { toTaskText } from "../../task/task.ts";
import { choosePersona } from "./choose-persona.ts";
import { type Edge, linkParts, type PartFacts } from "./dag.ts";
import { readThings } from "./noun-phrases.ts";
import { orderParts, type PlanPart } from "./swarm.ts";

/** What all parts share, as far as the classifier is shown it beside each: enough for a constraint or two. */
const SHARED_CHARS = 400;
const ARTIFACT_CHARS = 200;

/** A part of a task with all that is known and decided about it. */
export interface DecidedPart {
  readonly text: string;
  readonly phase: Phase;
  readonly artifacts: readonly Artifact[];
  readonly classification: Classification;
  readonly category: Category;
  readonly persona: string;
  /** Fault: no_candidates. */
  readonly decision: Result<DecisionCore>;
  /** Provider money in integer micro-dollars on the picked model were the part easy, and were it hard; null without one. */
  readonly cost: { readonly lowMicroUsd: number; readonly highMicroUsd: number } | null;
}

/** A task in parts. Indices are places in `parts`, which stand in the order of the text. */
export interface Decomposition {
  readonly parts: readonly DecidedPart[];
  readonly edges: readonly Edge[];
  /** Indices in an order in which each part comes after all that it needs; the text's own order otherwise. */
  readonly order: readonly number[];
  /** Goal, context and constraints: to be given to every part. */
  readonly shared: string;
}

/** A part as it is planned, with the persona that it is done as (id of a role block). */
export interface CastPart extends PlanPart {
  readonly persona: string;
}

/** Everything decide() reads beside a part: one view for all of them. */
export interface DecomposeWorld extends Omit<DecideInput, "classification" | "outcomes"> {
  readonly outcomes: readonly OutcomeObservation[];
}

/** The texts to classify, one a part: what the part says, with the start of what all share. */
export const toPartTexts = (split: Split, stack: readonly string[]): readonly string[] =>
  split.parts.map(({ text }) => {
    const shared = split.shared.slice(0, SHARED_CHARS);
    return toTaskText({ task: shared === "" ? text : `${text}\n\n${shared}`, stack });
  });

const PHASE_OF_TASK_TYPE: Readonly<Record<TaskType, Phase>> = {
  bugfix: "build",
  feature: "build",
  refactor: "build",
  migration: "build",
  test: "test",
  design: "design",
  docs: "docs",
  exploration: "research",
};

/** As the part's own words say it; where they do not, as it was classified. */
function toPhase({ phase }: TaskPart, { task_type, abstained_heads }: Classification): Phase {
  if (phase !== null) return phase;
  return abstained_heads.includes("task_type") ? "build" : PHASE_OF_TASK_TYPE[task_type.label];
}

const REFERENCE =
  /\b(?:steps?|tasks?|parts?|items?|after|see|from|on)\s+#?(\d{1,2})(?:\s*(?:,|and|&|-|to)\s*#?(\d{1,2}))?\b/gi;
const POINTS_BACK =
  /^\P{L}*[\p{L}/]+(?:\s+\p{L}+)?(?:-l(?:es?|as?)\b|\s+(?:es|ihn|it|its|their|them|these|those|both|the (?:above|results?|output)|(?:this|that)(?=\W*$))\b)/iu;
/** Further on, `it` is the part before only where nothing of this part can be meant. */
const POINTS_FURTHER =
  /\b(?:that|which)\s+(?:\w+\s+){1,2}(?:it|them)\b|\b(?:on top of|from|for|against|around|about|with|using|via|of)\s+(?:it|them|both|those)\s*(?:[.,;!?\n]|$)/i;
/** `once the others are merged`: after all before it. */
const AFTER_ALL =
  /\b(?:once|after|when)\s+(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:others?|rest|above|previous (?:ones?|steps?|tasks?|items?)|everything(?:\s+else)?|all of (?:them|the above|that))\b/i;
const LAYS_GROUND = /^\W*(?:set ?up|scaffold|bootstrap|initiali[sz]e|init|provision)\b/i;

function toFacts(part: TaskPart, phase: Phase, artifacts: readonly Artifact[]): PartFacts {
  const { text, follows, number } = part;
  const head = text.slice(0, 2_000);
  const refersTo = [...head.matchAll(REFERENCE)].flatMap(([, one, two]) => [one, two]);
  return {
    phase,
    artifacts,
    words: thingWords(text.slice(0, ARTIFACT_CHARS)),
    things: readThings(text),
    isGround: LAYS_GROUND.test(text.slice(0, 60)),
    follows: AFTER_ALL.test(text.slice(0, 300)) ? "all" : follows,
    number,
    refersTo: refersTo.flatMap((digits) => (digits === undefined ? [] : [Number(digits)])).filter((n) => n !== number),
    pointsBack: POINTS_BACK.test(text.slice(0, 100)) || POINTS_FURTHER.test(text.slice(0, 200)),
  };
}

/** What the difficulty alone can make of the expected cost: that of an easy part, and of a hard one. */
function toCostRange({ expected, pick }: DecisionCore, { complexity }: Classification): DecidedPart["cost"] {
  const { slope, difficulty } = PARAMETERS.cost;
  const mean = COMPLEXITY_LABELS.reduce(
    (sum, label) => sum + complexity.probabilities[label] * Math.exp(slope * difficulty[label]),
    0,
  );
  const scale = (label: "easy" | "hard"): number => Math.exp(slope * difficulty[label]) / mean;
  // A chain's first try is what surely runs; its whole expectation is more than that.
  const [low, high] = [pick.expected.costMicroUsd, expected.costMicroUsd];
  return {
    lowMicroUsd: Math.ceil(Math.min(low, high) * scale("easy")),
    highMicroUsd: Math.ceil(Math.max(low, high) * scale("hard")),
  };
}

const needsOf = (category: Category, asked: readonly Need[]): readonly Need[] =>
  category === "vision" && !asked.includes("vision") ? [...asked, "vision"] : asked;

export function decidePart(part: TaskPart, classification: Classification, world: DecomposeWorld): DecidedPart {
  const phase = toPhase(part, classification);
  const artifacts = namedArtifacts(part.text.slice(0, ARTIFACT_CHARS));
  const category = classification.category?.label ?? PARAMETERS.categories.byTaskType[classification.task_type.label];
  const request = { ...world.request, needs: needsOf(category, world.request.needs) };
  const outcomes = sumOutcomes(world.outcomes, classification.task_type.label);
  const decision = decide({ ...world, request, classification, outcomes });
  const cost = decision.ok ? toCostRange(decision.value, classification) : null;
  const persona = choosePersona({ phase, artifacts, classification, category });
  return { text: part.text, phase, artifacts, classification, category, persona, decision, cost };
}

const toIds = (edges: readonly Edge[], part: number): readonly string[] =>
  edges.filter(({ to }) => to === part).map(({ from }) => String(from));

/** Fault-free for edges without a circle; throws on one. */
export function toOrder(count: number, edges: readonly Edge[]): readonly number[] {
  const parts = Array.from({ length: count }, (_, i) => ({ id: String(i), dependsOn: toIds(edges, i) }));
  const ordered = orderParts(parts);
  if (!ordered.ok) throw new Error("linkParts() makes no circles and names no strangers");
  return ordered.value.map(({ id }) => Number(id));
}

/**
 * A split task with its parts decided and put in order. `classifications` are those of toPartTexts(), in order; pure,
 * so the same split and world give the same plan.
 */
export function decompose(
  split: Split,
  classifications: readonly Classification[],
  world: DecomposeWorld,
): Decomposition {
  const parts = split.parts.map((part, i) => {
    const classification = classifications[i];
    if (classification === undefined) throw new Error("a part without its classification");
    return decidePart(part, classification, world);
  });
  const facts = split.parts.map((part, i) => {
    const decided = parts[i];
    if (decided === undefined) throw new Error("a part that was not decided");
    return toFacts(part, decided.phase, decided.artifacts);
  });
  const edges = linkParts(facts);
  return { parts, edges, order: toOrder(parts.length, edges), shared: split.shared };
}

/**
 * The parts as a swarm is planned from, in an order that can be gone through; what all share is said after each part's
 * own words. Fault: no_candidates of the first part without a model.
 */
export function toPlanParts({ parts, edges, order, shared }: Decomposition): Result<readonly CastPart[]> {
  const planned: CastPart[] = [];
  for (const at of order) {
    const part = parts[at];
    if (part === undefined) throw new Error("an order of other parts");
    if (!part.decision.ok) return part.decision;
    const text =
      shared === ""
        ? part.text
        : `${part.text}\n\nThis is one part of a larger task, of which this holds for all parts:\n${shared}`;
    const { persona, decision } = part;
    planned.push({ id: String(at), text, dependsOn: toIds(edges, at), decision: decision.value, persona });
  }
  return ok(planned);
}
