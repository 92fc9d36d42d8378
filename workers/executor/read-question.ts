import { ok, type Result } from "../../shared/base/result.ts";
import type { Marks } from "../../shared/run/fence.ts";
import { toJudgeMessages } from "../../shared/run/judge.ts";
import { toLabel, toMergeMessages } from "../../shared/run/merge.ts";
import type { ChatMessage } from "../../shared/run/model-call.ts";
import { PLANNED_PARTS_SCHEMA } from "../../shared/run/planned-parts.ts";
import { toPlannerMessages } from "../../shared/run/planner.ts";
import type { StepRead } from "../../shared/run/step.ts";
import { VERDICT_SCHEMA } from "../../shared/run/verdict.ts";
import { toWorkMessages } from "../../shared/run/work-messages.ts";
import type { RunTexts } from "../platform/d1/run-row.ts";
import type { Candidate, Turn } from "./turn.ts";

export interface Question {
  readonly messages: readonly ChatMessage[];
  readonly jsonSchema: object | null;
  readonly candidates: readonly Candidate[];
}

export interface QuestionDeps {
  readonly readOutput: (key: string) => Promise<Result<string | null>>;
}

interface Shown extends StepRead {
  /** null = that step brought nothing, or it is gone. */
  readonly text: string | null;
  readonly isGone: boolean;
}

/** What the plan says that this step is shown. Faults: unavailable, malformed_data. */
async function readShown({ loaded, planned }: Turn, deps: QuestionDeps): Promise<Result<readonly Shown[]>> {
  const shown: Shown[] = [];
  for (const read of planned.reads) {
    const row = loaded.steps.find(({ stepId }) => stepId === read.stepId);
    const key = row?.state === "done" ? row.outputKey : null;
    const text = key === null ? ok(null) : await deps.readOutput(key);
    if (!text.ok) return text;
    shown.push({ ...read, text: text.value, isGone: key !== null && text.value === null });
  }
  return ok(shown);
}

const hasText = (read: Shown): read is Shown & { readonly text: string } => read.text !== null;

/**
 * What a step's model is asked: a plan, the task or its part, a judge's question, or a merge. Everything that another model or a
 * check wrote stands inside this question's own fence; a part's words are an instruction, as the task is that they were
 * made from and beside which they stand. null = what it is to judge, to go on from or, all of it, to merge is gone. Faults:
 * unavailable, malformed_data.
 */
export async function readQuestion(
  turn: Turn,
  { texts, marks }: { readonly texts: RunTexts; readonly marks: Marks },
  deps: QuestionDeps,
): Promise<Result<Question | null>> {
  const { planned, loaded } = turn;
  const read = await readShown(turn, deps);
  if (!read.ok) return read;
  const shown = read.value.filter(hasText);
  const { task, role } = texts;
  const complaint = loaded.steps.find(({ stepId }) => stepId === planned.stepId)?.complaint ?? null;
  if (planned.kind === "plan") {
    const mode = loaded.row.kind === "plan" ? "plan" : "swarm";
    return ok({
      messages: toPlannerMessages({ task, mode, complaint, ...marks }),
      jsonSchema: PLANNED_PARTS_SCHEMA,
      candidates: [],
    });
  }
  if (planned.kind === "judge") {
    const [answer] = shown;
    if (answer === undefined) return ok(null);
    const messages = toJudgeMessages({ task, answer: answer.text, complaint, ...marks });
    return ok({ messages, jsonSchema: VERDICT_SCHEMA, candidates: [] });
  }
  if (planned.kind === "merge") {
    const labelled = read.value.map((one, i) => ({ ...one, label: toLabel(i) }));
    const candidates = labelled.flatMap(({ label, stepId, text }) => (text === null ? [] : [{ label, stepId, text }]));
    if (candidates.length === 0) return ok(null);
    const missing = labelled.filter(({ text }) => text === null).map(({ label }) => label);
    const of = loaded.row.kind === "collective" ? "answers" : "parts";
    const style = loaded.row.settings.mergeStyle;
    return ok({
      messages: toMergeMessages({ of, task, candidates, missing, style, ...marks }),
      jsonSchema: null,
      candidates,
    });
  }
  if (read.value.some(({ isGone }) => isGone)) return ok(null);
  const { partId } = planned;
  const part = partId === null ? null : (texts.parts[partId] ?? null);
  const ownRole = partId === null ? undefined : texts.roles?.[partId];
  return ok({
    messages: toWorkMessages({ role: ownRole ?? role, task, part, reads: shown, ...marks }),
    jsonSchema: null,
    candidates: [],
  });
}
