import { describe, expect, it } from "vitest";
import { sigmoid } from "../base/stats.ts";
import type { Candidate } from "./candidate.ts";
import { findBestChain } from "./chain.ts";
import type { Choice } from "./choose.ts";
import { choose } from "./choose.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import { applyFilters } from "./filters.ts";
import type { TaskTerms } from "./task-terms.ts";
import { toTaskTerms } from "./task-terms.ts";
import type { MadeRow, MadeTask } from "./testing/made-input.ts";
import { toInput, toRequest } from "./testing/made-input.ts";
import { between, toRandom } from "./testing/random-catalog.ts";
import { valueCandidate } from "./value-candidate.ts";

interface Scene {
  readonly candidates: readonly Candidate[];
  readonly choice: Choice;
  readonly terms: TaskTerms;
}

function toScene(rows: readonly MadeRow[], task: MadeTask, valueUsd: number): Scene {
  const input = toInput(rows, task, { request: toRequest({ valueMicroUsd: Math.round(valueUsd * 1e6) }) });
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  if (!filtered.ok) throw new Error("no candidates");
  const candidates = filtered.value.eligible.map((eligible) => valueCandidate(eligible, eligible.reaches[0], terms));
  return { candidates, choice: choose(candidates), terms };
}

/** Walks every outcome of every attempt and verdict at every node: the same expectation by another road. */
function walk(members: readonly Candidate[], terms: TaskTerms, verifier: { j: number; usd: number }) {
  const nodes = toDifficultyNodes(terms.strata);
  const rungs = members.map((member) => toRung(member, nodes));
  const right = (1 + verifier.j) / 2;
  let [success, cost] = [0, 0];
  const visit = (n: number, i: number, p: number): void => {
    const node = nodes[n];
    const rung = rungs[i];
    if (node === undefined || rung === undefined) return;
    const { candidate, solves } = rung;
    const penaltyUsd = candidate.reach.penaltyMicroUsd / 1e6;
    cost += p * ((candidate.totalUsd - penaltyUsd) * node.costRatio + penaltyUsd);
    for (const solved of [true, false]) {
      const here = p * (solved ? (solves[n] ?? 0) : 1 - (solves[n] ?? 0));
      if (i === rungs.length - 1) {
        if (solved) success += here;
        continue;
      }
      cost += here * verifier.usd;
      const accepted = here * (solved ? right : 1 - right);
      if (solved) success += accepted;
      visit(n, i + 1, here - accepted);
    }
  };
  for (const [n, { share }] of nodes.entries()) visit(n, 0, share);
  return { success, utilityUsd: terms.valueUsd * success - cost };
}

const randomRows = (random: () => number, count: number): readonly MadeRow[] =>
  Array.from({ length: count }, (_, n) => {
    const theta = between(random, -0.8, 0.8);
    return { id: `v/m${n}`, theta, sd: 0.05, usd: 10 ** (-0.8 + 0.6 * theta + between(random, -0.7, 0.7)) };
  });

describe("findBestChain()", () => {
  it("values a chain as a walk over every outcome does", () => {
    const random = toRandom(31);
    for (let n = 0; n < 100; n += 1) {
      const { candidates, choice, terms } = toScene(randomRows(random, 6), {}, between(random, 0.5, 10));
      const verifier = { j: between(random, 0.5, 1), microUsdPerVerdict: 20_000 };
      const chain = findBestChain(candidates, choice, { terms, verifier });
      if (chain === null) throw new Error("six models make a chain");
      const walked = walk(chain.members, terms, { j: verifier.j, usd: 0.02 });
      expect(chain.success).toBeCloseTo(walked.success, 10);
      expect(chain.utilityUsd).toBeCloseTo(walked.utilityUsd, 10);
    }
  });

  it("is within a twentieth of a cent a task, on average, of a search over every order of every model", () => {
    const random = toRandom(32);
    const regrets: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const { candidates, choice, terms } = toScene(randomRows(random, 14), {}, between(random, 0.5, 10));
      const found = findBestChain(candidates, choice, { terms, verifier: { j: 0.8, microUsdPerVerdict: 0 } });
      let best = Number.NEGATIVE_INFINITY;
      for (const a of candidates)
        for (const b of candidates)
          for (const c of [null, ...candidates])
            if (a !== b && a !== c && b !== c)
              best = Math.max(best, walk(c === null ? [a, b] : [a, b, c], terms, { j: 0.8, usd: 0 }).utilityUsd);
      regrets.push(best - (found?.utilityUsd ?? 0));
    }
    expect(regrets.reduce((a, b) => a + b, 0) / regrets.length).toBeLessThan(0.0005);
  });

  it("is null when there are no two models, efforts and second ids of one model counting once", () => {
    const twice = toScene(
      [
        { id: "v/m", theta: 0.31 },
        { id: "v/m-preview", theta: 0.31 },
      ],
      {},
      5,
    );
    expect(
      findBestChain(twice.candidates, twice.choice, { terms: twice.terms, verifier: { j: 1, microUsdPerVerdict: 0 } }),
    ).toBeNull();
    const rows = [{ id: "v/m" }, { id: "v/m", over: { effort: "high" as const }, theta: 0.5, usd: 1 }];
    const { candidates, choice, terms } = toScene(rows, {}, 5);
    expect(findBestChain(candidates, choice, { terms, verifier: { j: 0.8, microUsdPerVerdict: 0 } })).toBeNull();
  });

  // Measured on 500 tasks: any-of two cheap models .718, cheap or strong .772, two strong .800 (perfect judge).
  it.each([
    [[0.19, 0.18], 0.718],
    [[0.19, 0.72], 0.772],
    [[0.72, 0.73], 0.8],
  ])("promises any-of %j within 4 points of what was measured", (thetas, measured) => {
    const rows = thetas.map((theta, n) => ({ id: `v/m${n}`, theta, sd: 0, usd: 0.1 + n * 0.01 }));
    const { candidates, choice, terms } = toScene(rows, { abstained: ["complexity"] }, 100);
    const chain = findBestChain(candidates, choice, { terms, verifier: { j: 1, microUsdPerVerdict: 0 } });
    expect(Math.abs((chain?.success ?? 0) - measured)).toBeLessThan(0.04);
  });
});

describe("toRung()", () => {
  it("gives any-of probabilities within a point of fine integration", () => {
    const { candidates, terms } = toScene(
      [
        { id: "v/a", theta: 0.2, sd: 0 },
        { id: "v/b", theta: 0.6, sd: 0, usd: 1 },
      ],
      { complexity: [0, 1, 0] },
      5,
    );
    const nodes = toDifficultyNodes(terms.strata).filter(({ share }) => share > 0);
    const coarse = (p: (n: number) => number): number => nodes.reduce((sum, { share }, n) => sum + share * p(n), 0);
    const rungs = candidates.map((candidate) => toRung(candidate, toDifficultyNodes(terms.strata)));
    const offset = toDifficultyNodes(terms.strata).findIndex(({ share }) => share > 0);
    const nobody = coarse((n) => rungs.reduce((left, { solves }) => left * (1 - (solves[n + offset] ?? 0)), 1));
    let [fineNobody, total] = [0, 0];
    for (let z = -5; z <= 5; z += 0.01) {
      const density = Math.exp((-z * z) / 2);
      const b = 0.13 + 0.92 * z;
      total += density;
      fineNobody += density * (1 - sigmoid(2.9 * (0.2 - b))) * (1 - sigmoid(2.9 * (0.6 - b)));
    }
    // The effective pairs themselves are off by up to 3.5 points; the nodes add no more than one.
    expect(Math.abs(nobody - fineNobody / total)).toBeLessThan(0.045);
  });
});
