import { ok, type Result } from "../../shared/base/result.ts";
import type { ArtifactBody, RunResultBody } from "../../shared/contract/run-answers.ts";
import { toRunEnd } from "../../shared/run/job.ts";
import type { RunStepRow } from "../platform/d1/run-row.ts";
import type { RouterDeps } from "./deps.ts";
import { toCostBody, type WholeRun } from "./present-run.ts";
import { readMergeNotes } from "./read-merge-notes.ts";

export function toArtifactHead(step: RunStepRow): Omit<ArtifactBody, "content"> {
  // A draft that waits to be decided is kept by a step that has begun and not ended.
  const madeAtMs = step.settledAtMs ?? step.startedAtMs;
  if (madeAtMs === null) throw new Error(`step ${step.stepId} has an output and never began`);
  return {
    step_id: step.stepId,
    kind: step.kind,
    model: step.pick?.model ?? null,
    bytes: step.outputBytes ?? 0,
    created_at: new Date(madeAtMs).toISOString(),
  };
}

/** Steps that keep what a model answered, in plan order. */
const withOutput = (steps: readonly RunStepRow[]): readonly RunStepRow[] =>
  steps.filter(({ outputKey, settledAtMs }) => outputKey !== null && settledAtMs !== null);

/** Several survivors stand one after the other, each under the name of its step: nothing joined them. */
function joinTexts(texts: readonly { readonly stepId: string; readonly text: string }[]): string | null {
  const [first, ...rest] = texts;
  if (first === undefined) return null;
  return rest.length === 0 ? first.text : texts.map(({ stepId, text }) => `## ${stepId}\n\n${text}`).join("\n\n");
}

/** What came of a run so far; texts that were erased are left out, and `output` is null without any. */
export async function readRunResult(
  whole: WholeRun,
  isRaw: boolean,
  deps: Pick<RouterDeps, "readOutput" | "readMergeNotes">,
): Promise<Result<RunResultBody>> {
  const { run, steps } = whole;
  const end = toRunEnd({ plan: run.plan, steps: new Map(steps.map(({ stepId, status }) => [stepId, status])) });
  const resultFrom = end?.resultFrom ?? [];
  const kept = withOutput(steps);
  const wanted = isRaw ? kept : kept.filter(({ stepId }) => resultFrom.includes(stepId));
  const texts: { stepId: string; text: string }[] = [];
  for (const { stepId, outputKey } of wanted) {
    const text = outputKey === null ? ok(null) : await deps.readOutput(outputKey);
    if (!text.ok) return text;
    if (text.value !== null) texts.push({ stepId, text: text.value });
  }
  const notes = await readMergeNotes(whole, deps);
  if (!notes.ok) return notes;
  const ofResult = resultFrom.flatMap((id) => texts.find(({ stepId }) => stepId === id) ?? []);
  return ok({
    id: run.runId,
    status: run.state,
    complete: end?.complete ?? null,
    output: joinTexts(ofResult),
    result_from: [...resultFrom],
    merge_notes: notes.value,
    artifacts: kept.map(toArtifactHead),
    cost: toCostBody(whole),
    ...(isRaw ? { raw_outputs: texts.map(({ stepId, text }) => ({ step_id: stepId, output: text })) } : {}),
  });
}
