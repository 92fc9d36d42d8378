import * as z from "zod";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { MergeNotesBody } from "../../shared/contract/run-answers.ts";
import { type MergeNotes, toLabel } from "../../shared/run/merge.ts";
import type { RouterDeps } from "./deps.ts";
import type { WholeRun } from "./present-run.ts";

const texts = z.array(z.string());
const storedSchema: z.ZodType<MergeNotes> = z.object({
  best: texts,
  why: z.string(),
  agreed: texts,
  disputed: texts,
  minority: z.array(z.object({ label: z.string(), says: z.string() })),
});

function parseNotes(text: string): MergeNotes | null {
  try {
    return storedSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The notes of the run's merge, each label as the step it stood for; null without any, and once they are erased. */
export async function readMergeNotes(
  { run, steps }: WholeRun,
  deps: Pick<RouterDeps, "readMergeNotes">,
): Promise<Result<MergeNotesBody | null>> {
  const merge = run.plan.steps.find(({ kind }) => kind === "merge");
  const isDone = steps.some(({ stepId, status }) => stepId === merge?.stepId && status.state === "done");
  if (merge === undefined || !isDone) return ok(null);
  const { runId } = run;
  const stored = await deps.readMergeNotes({ runId, stepId: merge.stepId });
  if (!stored.ok) return stored;
  if (stored.value === null) return ok(null);
  const notes = parseNotes(stored.value);
  if (notes === null) return fail({ kind: "malformed_data", what: "merge notes", detail: runId });
  // Candidates are labelled by their place among what the merge reads.
  const stepOf = new Map(merge.reads.map(({ stepId }, at) => [toLabel(at), stepId]));
  const toStep = (label: string): string => stepOf.get(label) ?? label;
  return ok({
    best: notes.best.map(toStep),
    why: notes.why,
    agreed: [...notes.agreed],
    disputed: [...notes.disputed],
    minority: notes.minority.map(({ label, says }) => ({ step_id: toStep(label), says })),
  });
}
