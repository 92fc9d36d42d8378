import { softmax } from "../base/stats.ts";
import type { RawOutputs } from "./classification.ts";

const mixNumbers = (a: number, b: number, share: number): number => (1 - share) * a + share * b;

/** Log of the mixed probabilities: logits of the mixture, up to a constant. */
function mixLogits(a: readonly number[], b: readonly number[], share: number): readonly number[] {
  const [p, q] = [softmax(a, 1), softmax(b, 1)];
  // A probability may underflow to 0; its logarithm must stay finite.
  return p.map((value, i) => Math.log(Math.max(mixNumbers(value, q[i] ?? 0, share), 1e-12)));
}

const mixScores = <K extends string>(
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
  share: number,
): Record<K, number> =>
  // The same keys as `a`, by construction.
  Object.fromEntries(
    Object.entries<number>(a).map(([name, score]) => [name, mixNumbers(score, b[name as K], share)]),
  ) as Record<K, number>;

/**
 * Two engines' answers to one text as one: the mean of their probabilities and scores, the second weighing `share`.
 * What only the first can tell (category) stays its own.
 */
export function mixOutputs(first: RawOutputs, second: RawOutputs, share: number): RawOutputs {
  return {
    complexity: mixLogits(first.complexity, second.complexity, share),
    task_type: mixLogits(first.task_type, second.task_type, share),
    risk: mixLogits(first.risk, second.risk, share),
    complexity_sub: mixScores(first.complexity_sub, second.complexity_sub, share),
    risk_sub: mixScores(first.risk_sub, second.risk_sub, share),
    out_of_scope:
      first.out_of_scope === null || second.out_of_scope === null
        ? first.out_of_scope
        : mixNumbers(first.out_of_scope, second.out_of_scope, share),
    category: first.category,
  };
}
