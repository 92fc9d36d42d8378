import type { Result } from "../../shared/base/result.ts";
import { ok } from "../../shared/base/result.ts";
import type { Engine, ModelIdentity } from "../../shared/task/classification.ts";
import { toHeadPairs } from "./accuracy.ts";
import type { CategoryFigures } from "./category.ts";
import { toCategoryFigures } from "./category.ts";
import { classifyTexts, type TextClassifier, warmUpOn } from "./classify-texts.ts";
import type { EvalRow, FlaggedRow, ScoredRow } from "./eval-row.ts";
import type { LoadedModel } from "./load-model.ts";
import type { ModelSize } from "./model-size.ts";
import type { CategoryRow, NoiseRow, SteeringRow } from "./parse-changes.ts";
import type { ScopeFigures } from "./scope.ts";
import { toScopeFigures } from "./scope.ts";
import type { SliceReport } from "./slice-report.ts";
import { toSliceReport } from "./slice-report.ts";
import { toSlices } from "./slices.ts";
import { type ChangedAnswer, type KindShares, toFlips, toUnchanged } from "./stability.ts";

/** Everything that one run found; what --json prints. Shares are in [0,1]. */
export interface EvalReport {
  readonly model: ModelIdentity & { readonly kind: string; readonly folder: string; readonly weightsFile: string };
  readonly engine: Engine;
  readonly data: string;
  readonly size: ModelSize;
  /** After the run. */
  readonly wasmMemoryBytes: number;
  /** Over all labelled rows, after the warm-up; the whole process, tokenising included. */
  readonly meanCpuMs: number;
  /** The first one holds all rows. */
  readonly slices: readonly SliceReport[];
  readonly noise: { readonly prompts: number; readonly unchanged: readonly KindShares[] } | null;
  readonly steering: { readonly attempts: number; readonly flips: readonly KindShares[] } | null;
  /** Over the free texts of --categories, where anything but coding counts as out of scope. */
  readonly freeTexts: { readonly category: CategoryFigures | null; readonly outOfScope: ScopeFigures | null } | null;
}

export interface EvaluateInput {
  readonly model: LoadedModel;
  readonly folder: string;
  readonly engine: Engine;
  /** Name of the data file. */
  readonly data: string;
  readonly rows: readonly EvalRow[];
  readonly noise: readonly NoiseRow[] | null;
  readonly steering: readonly SteeringRow[] | null;
  readonly freeTexts: readonly CategoryRow[] | null;
  readonly cpuMs: () => number;
  readonly wasmMemoryBytes: () => number;
}

interface Pair {
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

/** Both texts of each pair classified; a text that stands in several pairs is classified once. */
async function classifyPairs(
  target: TextClassifier,
  pairs: readonly Pair[],
): Promise<Result<readonly ChangedAnswer[]>> {
  const texts = [...new Set(pairs.flatMap(({ before, after }) => [before, after]))];
  const answers = await classifyTexts(target, texts);
  if (!answers.ok) return answers;
  const byText = new Map(texts.map((text, i) => [text, answers.value[i]?.answer]));
  return ok(
    pairs.flatMap((pair) => {
      const [before, after] = [byText.get(pair.before), byText.get(pair.after)];
      return before === undefined || after === undefined ? [] : [{ kind: pair.kind, before, after }];
    }),
  );
}

const toNoisePairs = (rows: readonly NoiseRow[]): readonly Pair[] =>
  rows.flatMap(({ text, variants }) =>
    variants.map((variant) => ({ kind: variant.kind, before: text, after: variant.text })),
  );

const toSteeringPairs = (rows: readonly SteeringRow[]): readonly Pair[] =>
  rows.map(({ base, text, technique }) => ({ kind: technique, before: base, after: text }));

async function toFreeTextFigures(
  target: TextClassifier,
  rows: readonly CategoryRow[] | null,
): Promise<Result<EvalReport["freeTexts"]>> {
  if (rows === null) return ok(null);
  const answers = await classifyTexts(
    target,
    rows.map(({ text }) => text),
  );
  if (!answers.ok) return answers;
  const flagged = rows.flatMap(({ category }, i): FlaggedRow[] => {
    const answer = answers.value[i]?.answer;
    return answer === undefined ? [] : [{ row: { category, outOfScope: category !== "coding" }, answer }];
  });
  return ok({ category: toCategoryFigures(flagged), outOfScope: toScopeFigures(flagged) });
}

/** Classifies everything, then measures. A fault only when the engine cannot answer a text. */
export async function evaluate(input: EvaluateInput): Promise<Result<EvalReport>> {
  const { model, rows, folder, engine, data } = input;
  const target = { classifier: model.classifier, cpuMs: input.cpuMs };
  const texts = rows.map(({ text }) => text);
  const warm = await warmUpOn(target, texts);
  if (!warm.ok) return warm;
  const answers = await classifyTexts(target, texts);
  if (!answers.ok) return answers;
  const noise = await classifyPairs(target, toNoisePairs(input.noise ?? []));
  if (!noise.ok) return noise;
  const steering = await classifyPairs(target, toSteeringPairs(input.steering ?? []));
  if (!steering.ok) return steering;
  const freeTexts = await toFreeTextFigures(target, input.freeTexts);
  if (!freeTexts.ok) return freeTexts;
  const wasmMemoryBytes = input.wasmMemoryBytes();

  const scored = rows.flatMap((row, i): ScoredRow[] => {
    const timed = answers.value[i];
    return timed === undefined ? [] : [{ row, ...timed }];
  });
  const pairs = toHeadPairs(scored);
  const slices = toSlices(scored).map((slice) => toSliceReport({ rows: scored, pairs, slice }));
  return ok({
    model: { ...model.identity, kind: model.kind, folder, weightsFile: model.weightsFile },
    engine,
    data,
    size: model.size,
    wasmMemoryBytes,
    meanCpuMs: slices[0]?.meanCpuMs ?? Number.NaN,
    slices,
    noise: input.noise === null ? null : { prompts: input.noise.length, unchanged: toUnchanged(noise.value) },
    steering: input.steering === null ? null : { attempts: input.steering.length, flips: toFlips(steering.value) },
    freeTexts: freeTexts.value,
  });
}
