import { expect, it } from "vitest";
import { valueInTurn } from "./after-failures.ts";
import { toAttemptPool } from "./attempt-pool.ts";
import { type Candidate, toModelKeys } from "./candidate.ts";
import { choose } from "./choose.ts";
import { decide } from "./decide.ts";
import type { DecideInput, DecisionCore } from "./decision.ts";
import { applyFilters } from "./filters.ts";
import { applyFloor } from "./floor.ts";
import { PARAMETERS } from "./parameters.ts";
import { type TaskTerms, toTaskTerms } from "./task-terms.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";
import { valueCandidate } from "./value-candidate.ts";

/** The same decision, found by asking of every model at every turn, each sequence valued anew from its beginning. */

const toMicro = (usd: number): number => Math.round(usd * 1e6);
const toTotal = (sequence: readonly Candidate[], terms: TaskTerms): number =>
  valueInTurn(sequence, terms).reduce((sum, { moneyUsd }) => sum + toMicro(moneyUsd), 0);

/** Whether some model of the pool would be worth its cost after `tried`, whatever it costs. */
const isAnyWorth = (pool: readonly Candidate[], tried: readonly Candidate[], terms: TaskTerms): boolean =>
  findNext(pool, tried, { terms, max: Number.POSITIVE_INFINITY }) !== null;

/** The most valuable model to try after `tried`, of those worth their cost that fit. */
function findNext(pool: readonly Candidate[], tried: readonly Candidate[], context: { terms: TaskTerms; max: number }) {
  const taken = new Set(tried.flatMap(toModelKeys));
  let best: Candidate | null = null;
  let most = 0;
  for (const candidate of pool) {
    if (toModelKeys(candidate).some((key) => taken.has(key))) continue;
    const utilityUsd = valueInTurn([...tried, candidate], context.terms).at(-1)?.utilityUsd ?? 0;
    if (utilityUsd <= most || toTotal([...tried, candidate], context.terms) > context.max) continue;
    [best, most] = [candidate, utilityUsd];
  }
  return best;
}

function bruteForce(input: DecideInput, max: number): readonly string[] | null {
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  if (!filtered.ok) return null;
  const valued = filtered.value.eligible.map((eligible) => valueCandidate(eligible, eligible.reaches[0], terms));
  const affordable = valued.filter((candidate) => toTotal([candidate], terms) <= max);
  if (affordable.length === 0) return null;
  const { candidates } = applyFloor(affordable, input.classification, input.policy);
  const choice = choose(candidates);
  const pool = toAttemptPool(candidates, choice);
  const tried = [choice.pick];
  while (tried.length <= PARAMETERS.escalation.limit) {
    const inPool = findNext(pool, tried, { terms, max });
    const next = inPool ?? (isAnyWorth(pool, tried, terms) ? findNext(candidates, tried, { terms, max }) : null);
    if (next === null) break;
    tried.push(next);
  }
  return tried.map(({ eligible }) => `${eligible.model.id} ${eligible.model.effort}`);
}

const toSequence = ({ chain, escalation }: DecisionCore) => [...chain, ...escalation];

it("decide() within max_usd names the models that a search of every one at every turn finds, for 1,000 inputs", () => {
  const random = toRandom(97);
  let [compared, shortened] = [0, 0];
  for (let n = 0; n < 1_000; n += 1) {
    const made = randomInput(random, 1 + Math.floor(random() * (n % 10 === 0 ? 120 : 12)));
    const max = Math.round(10 ** (4 + 3 * random()));
    const request = { ...made.request, mode: "single" as const, maxMicroUsd: max };
    const input = { ...made, verifier: null, request };
    const decided = decide(input);
    const found = bruteForce(input, max);
    expect(decided.ok).toBe(found !== null);
    if (!decided.ok || found === null) continue;
    expect(toSequence(decided.value).map(({ model, effort }) => `${model} ${effort}`)).toEqual(found);
    const free = decide({ ...input, request: { ...request, maxMicroUsd: null } });
    if (free.ok && toSequence(free.value).length > found.length) shortened += 1;
    compared += 1;
  }
  expect(compared).toBeGreaterThan(500);
  expect(shortened).toBeGreaterThan(50);
});
