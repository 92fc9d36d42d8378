import type { DecisionCore, Pick } from "../../policy/decision.ts";

/** A model is known by its id: two efforts of one model are no second opinion. */
function firstOfEachModel(picks: readonly Pick[]): readonly Pick[] {
  const seen = new Set<string>();
  return picks.filter(({ model }) => {
    const isFirst = !seen.has(model);
    seen.add(model);
    return isFirst;
  });
}

/** Every model that a decision names, each once, most useful first (U desc, cost asc, id asc). Nobody else may run. */
export function toKnownPicks(core: DecisionCore): readonly Pick[] {
  const attempts = [...core.chain, ...core.escalation];
  const stated = [core.pick, ...core.alternatives, ...attempts];
  // A fallback's expectations are those of its turn, so the model's own come first where it has any.
  const all = firstOfEachModel([...stated, ...attempts.flatMap(({ fallbacks }) => fallbacks)]);
  return [...all].sort(compareByUse);
}

const compareByUse = (a: Pick, b: Pick): number =>
  b.expected.utilityUsd - a.expected.utilityUsd ||
  a.expected.costMicroUsd - b.expected.costMicroUsd ||
  (a.model < b.model ? -1 : 1);

/** The most useful models of as many makers, then endpoints, as there are; each model once. */
export function toDiversePicks(ranked: readonly Pick[], count: number): readonly Pick[] {
  const chosen: Pick[] = [];
  const isNewVendor = ({ vendor }: Pick): boolean => !chosen.some((one) => one.vendor === vendor);
  const isNewProvider = ({ provider }: Pick): boolean => !chosen.some((one) => one.provider === provider);
  const rules = [(pick: Pick) => isNewVendor(pick) && isNewProvider(pick), isNewVendor, () => true];
  while (chosen.length < count) {
    const open = ranked.filter((pick) => !chosen.includes(pick));
    const [next] = rules.flatMap((rule) => open.find(rule) ?? []);
    if (next === undefined) break;
    chosen.push(next);
  }
  return chosen;
}

/** The likeliest to succeed, the cheaper on a tie. */
export const compareByStrength = (a: Pick, b: Pick): number =>
  b.expected.success - a.expected.success ||
  a.expected.costMicroUsd - b.expected.costMicroUsd ||
  (a.model < b.model ? -1 : 1);

/**
 * Who judges an answer: a model of another maker than the author, for judges favour their own family; the cheapest that
 * is no weaker than the author, else the strongest there is. null = no other maker is left.
 */
export function toJudge(known: readonly Pick[], author: Pick): Pick | null {
  const others = known.filter(({ vendor }) => vendor !== author.vendor);
  const able = others.filter(({ expected }) => expected.success >= author.expected.success);
  const byCost = (a: Pick, b: Pick): number =>
    a.expected.costMicroUsd - b.expected.costMicroUsd || compareByStrength(a, b);
  return [...able].sort(byCost)[0] ?? [...others].sort(compareByStrength)[0] ?? null;
}
