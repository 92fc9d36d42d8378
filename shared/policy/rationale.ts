import { formatPercent, formatUsd } from "../base/format.ts";
import type { Classification } from "../task/classification.ts";
import type { Candidate } from "./candidate.ts";
import type { Chain } from "./chain.ts";
import type { Choice } from "./choose.ts";
import type { DecisionCore, Gate } from "./decision.ts";
import { PARAMETERS } from "./parameters.ts";
import type { RunMode } from "./policy.ts";
import type { TaskTerms } from "./task-terms.ts";

export interface RationaleInput {
  readonly classification: Classification;
  readonly terms: TaskTerms;
  readonly choice: Choice;
  /** The candidate that was picked and the chain it begins, if any. */
  readonly pick: Candidate;
  readonly chain: Chain | null;
  readonly modeComparison: DecisionCore["modeComparison"];
  /** The mode that the request asked for outright; null = none. */
  readonly askedMode: RunMode | null;
  readonly expected: DecisionCore["expected"];
  readonly floor: DecisionCore["floor"];
  readonly gate: Gate;
}

/** What each flag means to a reader; the usual ones (a token profile, a median speed) are not worth a sentence. */
const FLAG_MEANINGS: Readonly<Record<string, string>> = {
  unlinked_ability: "no benchmark speaks for this model, so the average of its field less one spread stands in",
  extrapolated_ability: "its ability here is carried over from another kind of task",
  assumed_speed: "its speed is assumed",
};

function toModelName({ eligible }: Candidate): string {
  const { id, effort } = eligible.model;
  return effort === "default" ? id : `${id} at ${effort} effort`;
}

/** Who should do it, with what chance, for how much. */
function toPickSentence({ classification, terms, pick, chain, expected }: RationaleInput): string {
  const task = classification.abstained_heads.includes("complexity")
    ? `this ${terms.taskType} task`
    : `this ${classification.complexity.label} ${terms.taskType} task`;
  const minutes = Math.max(1, Math.round(expected.minutes));
  const money = `for about ${formatUsd(expected.costMicroUsd / 1e6)} and ${minutes} minute${minutes === 1 ? "" : "s"}`;
  const chance = `with a chance of about ${formatPercent(expected.success)}, ${money}`;
  if (chain === null) return `${toModelName(pick)}, run by ${pick.reach.driver}, should solve ${task} ${chance}.`;
  const order = chain.members.map(toModelName).join(", then ");
  return `Try ${order}, each only if the one before is rejected: together they should solve ${task} ${chance}.`;
}

/** The cheapest step up from the best single pick: the least V at which a stronger kept model would win. */
function toSwitch({ pick, hull }: Choice): { readonly next: Candidate; readonly valueUsd: number } | null {
  const at = hull.indexOf(pick);
  const next = at < 0 ? undefined : hull[at + 1];
  if (next === undefined || next.success - pick.success <= PARAMETERS.noiseP) return null;
  return { next, valueUsd: (next.totalUsd - pick.totalUsd) / (next.worth - pick.worth) };
}

/** Why not a dearer model, and whether it is worth doing at all. */
function toWorthSentence({ choice, terms, floor, chain, expected }: RationaleInput): string {
  const worth = `${formatUsd(terms.valueUsd)} for a solved ${terms.value.weighted ? "medium " : ""}task`;
  if (expected.utilityUsd < 0)
    return `It costs more than it is worth, by about ${formatUsd(-expected.utilityUsd)} at ${worth}; it is still the best of what is open.`;
  if (chain !== null)
    return `At ${worth} the best single attempt, ${toModelName(choice.pick)}, would have about ${formatPercent(choice.pick.success)} for ${formatUsd(choice.pick.moneyUsd)}.`;
  const step = toSwitch(choice);
  if (step !== null)
    return `At ${worth} the next better model, ${toModelName(step.next)} (about ${formatPercent(step.next.success)} for ${formatUsd(step.next.moneyUsd)}), does not pay; it would from about ${formatUsd(step.valueUsd)}.`;
  return floor.bestSuccess - choice.pick.success > PARAMETERS.noiseP
    ? `At ${worth} no other model is worth more.`
    : `No other model beats it by more than the ${formatPercent(PARAMETERS.noiseP)} that abilities are uncertain by.`;
}

/** What floor and gate did; null when neither spoke. */
function toSafetySentence({ floor, gate }: RationaleInput): string | null {
  const held =
    floor.margin === null
      ? null
      : `only models within ${formatPercent(floor.margin)} of the best reachable chance (about ${formatPercent(floor.bestSuccess)}) were considered`;
  const approval = gate.requiresApproval ? `a person must approve: ${gate.reason}` : null;
  const parts = [held, approval].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return `For safety ${parts.join(", and ")}.`;
}

/** What weakens the numbers, and why the mode is what it is where that was not the plain case; null when nothing to say. */
function toCaveatSentence({ classification, pick, modeComparison, askedMode }: RationaleInput): string | null {
  const abstained = classification.abstained_heads
    .filter((head) => head !== "risk")
    .map((head) => head.replace("_", " "));
  const doubts = [
    ...(abstained.length > 0 ? [`the classifier is unsure of ${abstained.join(" and ")}`] : []),
    ...pick.flags.flatMap((flag) => FLAG_MEANINGS[flag] ?? []),
  ];
  const isMet = askedMode === null || askedMode === modeComparison.chosen;
  const isPlain = isMet && modeComparison.chosen === "single" && modeComparison.cascadeUtilityUsd === null;
  const mode = isPlain ? [] : [`mode ${modeComparison.chosen}: ${modeComparison.reason}`];
  const parts = [...doubts, ...mode];
  return parts.length === 0 ? null : `Note: ${parts.join("; ")}.`;
}

/** Two to four sentences made of the numbers that decided, rounded. */
export function toRationale(input: RationaleInput): string {
  return [toPickSentence(input), toWorthSentence(input), toSafetySentence(input), toCaveatSentence(input)]
    .filter((sentence) => sentence !== null)
    .join(" ");
}
