import { ok } from "../../../shared/base/result.ts";
import { classifyRequestSchema } from "../../../shared/contract/classify.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { toTaskText } from "../../../shared/task/task.ts";
import type { Handler } from "../handler.ts";

/** POST /api/classify: one classification for `task`, an array in order for `tasks`. */
export const classify: Handler = async (input, deps) => {
  const body = parseWith(classifyRequestSchema, input.body);
  if (!body.ok) return body;
  const { task, tasks, context } = body.value;
  const texts = (tasks ?? [task ?? ""]).map((text) =>
    toTaskText({ task: text, files: context?.files ?? [], stack: context?.stack ?? [] }),
  );
  const answers = await deps.classifier.classify(texts);
  if (!answers.ok) return answers;
  return ok({ data: tasks === undefined ? answers.value[0] : answers.value });
};
