import type { Result } from "../../shared/base/result.ts";
import { CATEGORY_LABELS, COMPLEXITY_LABELS, RISK_LABELS, TASK_TYPE_LABELS } from "../../shared/task/labels.ts";
import type { EvalRow, ScoreName } from "./eval-row.ts";
import { SCORE_NAMES } from "./eval-row.ts";
import type { JsonObject, LinesFile } from "./json-lines.ts";
import { isObject, isText, parseLines, quote } from "./json-lines.ts";

type Wrong = { readonly wrong: string };

const isWrong = (value: unknown): value is Wrong => isObject(value) && "wrong" in value;

function readLabel<L extends string>(json: JsonObject, name: string, labels: readonly L[]): L | Wrong {
  const label = labels.find((known) => known === json[name]);
  return label ?? { wrong: `${name} is ${quote(json[name])}: expected one of ${labels.join(", ")}` };
}

/** null and a missing field both mean that the file does not say. */
const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

function readScores(json: JsonObject): EvalRow["scores"] | Wrong {
  const scores: Partial<Record<ScoreName, number>> = {};
  for (const name of SCORE_NAMES) {
    const score = json[name];
    if (isAbsent(score)) continue;
    if (typeof score !== "number" || !(score >= 0 && score <= 1)) {
      return { wrong: `${name} is ${quote(score)}: expected a number from 0 to 1` };
    }
    scores[name] = score;
  }
  return scores;
}

function readOptionalText(json: JsonObject, name: string): string | null | Wrong {
  const value = json[name];
  if (isAbsent(value)) return null;
  return typeof value === "string" ? value || null : { wrong: `${name} is ${quote(value)}: expected a text` };
}

function readRow(json: JsonObject): EvalRow | Wrong {
  const { text, out_of_scope: outOfScope, first_turn: firstTurn } = json;
  if (!isText(text)) {
    const hint = isObject(json.text_ref) ? " (text_ref names where it stands; it must be joined first)" : "";
    return { wrong: `text is ${quote(text)}: expected a text that is not blank${hint}` };
  }
  for (const part of ["labels", "scores"] as const) {
    if (!isAbsent(json[part]) && !isObject(json[part])) return { wrong: `${part} is no object` };
  }
  const labels = isObject(json.labels) ? json.labels : json;
  const task_type = readLabel(labels, "task_type", TASK_TYPE_LABELS);
  if (isWrong(task_type)) return task_type;
  const complexity = readLabel(labels, "complexity", COMPLEXITY_LABELS);
  if (isWrong(complexity)) return complexity;
  const risk = readLabel(labels, "risk", RISK_LABELS);
  if (isWrong(risk)) return risk;
  const scores = readScores(isObject(json.scores) ? json.scores : json);
  if (isWrong(scores)) return scores;
  if (!isAbsent(outOfScope) && typeof outOfScope !== "boolean") {
    return { wrong: `out_of_scope is ${quote(outOfScope)}: expected true or false` };
  }
  const category = isAbsent(json.category) ? null : readLabel(json, "category", CATEGORY_LABELS);
  if (isWrong(category)) return category;
  const kind = readOptionalText(json, "kind");
  if (isWrong(kind)) return kind;
  const source = readOptionalText(json, "source");
  if (isWrong(source)) return source;
  return {
    text,
    labels: { task_type, complexity, risk },
    scores,
    outOfScope: outOfScope ?? null,
    category,
    kind,
    source,
    firstTurn: firstTurn === true,
  };
}

/**
 * Labelled prompts, one JSON object a line: flat rows `{text, task_type, complexity, risk, ...}` or rows
 * `{text, labels: {...}, scores: {...}}`. Fields that are not known are passed over.
 */
export const parseRows = (file: LinesFile): Result<readonly EvalRow[]> => parseLines(file, readRow);
