import type { Result } from "../../shared/base/result.ts";
import { ok } from "../../shared/base/result.ts";
import { mean } from "../../shared/base/stats.ts";
import type { Classification } from "../../shared/task/classification.ts";
import { toTaskText } from "../../shared/task/task.ts";
import type { Classifier } from "../../workers/router/inference/classifier.ts";

/** Runs before the first one that is timed: the engine compiles its hot paths in these. */
const WARM_UP_RUNS = 50;

export interface TimedAnswer {
  readonly answer: Classification;
  /** CPU of the whole process meanwhile, ms. */
  readonly cpuMs: number;
}

/** `cpuMs` answers with the CPU spent by this process so far. */
export interface TextClassifier {
  readonly classifier: Classifier;
  readonly cpuMs: () => number;
}

/** One answer per text, in order, one text at a time; a fault when the engine cannot answer one. */
export async function classifyTexts(
  { classifier, cpuMs }: TextClassifier,
  texts: readonly string[],
): Promise<Result<readonly TimedAnswer[]>> {
  const answers: TimedAnswer[] = [];
  for (const text of texts) {
    const startMs = cpuMs();
    const result = await classifier.classify([toTaskText({ task: text })]);
    if (!result.ok) return result;
    const spentMs = cpuMs() - startMs;
    // One text in, one answer out.
    answers.push(...result.value.map((answer) => ({ answer, cpuMs: spentMs })));
  }
  return ok(answers);
}

/** WARM_UP_RUNS answers that are thrown away, over the first of `texts`. */
export async function warmUpOn(target: TextClassifier, texts: readonly string[]): Promise<Result<void>> {
  const cycled = Array.from({ length: WARM_UP_RUNS }, (_, i) => texts[i % texts.length] ?? "");
  const answers = await classifyTexts(target, cycled);
  return answers.ok ? ok(undefined) : answers;
}

export const meanCpuMs = (answers: readonly { readonly cpuMs: number }[]): number =>
  mean(answers.map(({ cpuMs }) => cpuMs));
