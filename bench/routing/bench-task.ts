import { isObject, isText, type JsonObject, type LinesFile, parseLines, quote } from "../../scripts/eval/json-lines.ts";
import type { Result } from "../../shared/base/result.ts";

/** One recorded run of a model on a task. */
export interface Run {
  readonly solved: 0 | 1;
  readonly costUsd: number;
}

/** A task as the file states it. */
export interface BenchTask {
  readonly id: string;
  readonly prompt: string;
  readonly runs: ReadonlyMap<string, Run>;
}

const SHAPE = "expected {id, prompt, outcomes: {MODEL: [resolved 0 or 1, cost in USD, API calls]}}";

function readRun(model: string, value: unknown): Run | { readonly wrong: string } {
  const wrong = {
    wrong: `outcomes[${quote(model)}] is ${quote(value)}: expected [0 or 1, cost in USD >= 0, API calls]`,
  };
  if (!Array.isArray(value)) return wrong;
  const [solved, costUsd]: readonly unknown[] = value;
  if (solved !== 0 && solved !== 1) return wrong;
  if (typeof costUsd !== "number" || !Number.isFinite(costUsd) || costUsd < 0) return wrong;
  return { solved, costUsd };
}

function readTask(json: JsonObject): BenchTask | { readonly wrong: string } {
  const { id, prompt, outcomes } = json;
  if (!isText(id)) return { wrong: `id is ${quote(id)}; ${SHAPE}` };
  if (!isText(prompt)) return { wrong: `prompt is ${quote(prompt)}; ${SHAPE}` };
  if (!isObject(outcomes)) return { wrong: `outcomes is ${quote(outcomes)}; ${SHAPE}` };
  const runs = new Map<string, Run>();
  for (const [model, value] of Object.entries(outcomes)) {
    const run = readRun(model, value);
    if ("wrong" in run) return run;
    runs.set(model, run);
  }
  return { id, prompt, runs };
}

/**
 * Tasks with the recorded run of every model, one JSON object a line; fields that are not known are passed over. Every
 * line has the models of the first, for a mean over other tasks would compare the tasks and not the models.
 */
export function parseTasks(file: LinesFile): Result<readonly BenchTask[]> {
  const seen = new Set<string>();
  let first: BenchTask | null = null;
  return parseLines(file, (json) => {
    const task = readTask(json);
    if ("wrong" in task) return task;
    if (seen.has(task.id)) return { wrong: `id ${quote(task.id)} stands on an earlier line too` };
    seen.add(task.id);
    first ??= task;
    const lacks = [...first.runs.keys()].find((model) => !task.runs.has(model));
    if (lacks !== undefined) return { wrong: `outcomes lack ${quote(lacks)}, which the first line has` };
    const extra = [...task.runs.keys()].find((model) => !first?.runs.has(model));
    if (extra !== undefined) return { wrong: `outcomes have ${quote(extra)}, which the first line lacks` };
    return task;
  });
}
