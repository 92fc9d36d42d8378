import { isObject, isText, type JsonObject, type LinesFile, quote } from "../../scripts/eval/json-lines.ts";
import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";

/** What is known of a model before any of the scored tasks: ability with its error, mean cost of a run in USD. */
export interface BenchModel {
  readonly name: string;
  readonly theta: number;
  readonly se: number;
  readonly meanCostUsd: number;
}

/** A model that the file itself says not to score, with its words. */
export interface FlaggedModel {
  readonly name: string;
  readonly reason: string;
}

export interface ModelList {
  readonly models: readonly BenchModel[];
  readonly flagged: readonly FlaggedModel[];
}

const malformed = (what: string, detail: string) => fail({ kind: "malformed_data", what, detail });
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function readModel(json: JsonObject): BenchModel | FlaggedModel | { readonly wrong: string } {
  const { model: name, theta, se, mean_cost: meanCostUsd, flag } = json;
  if (!isText(name)) return { wrong: `model is ${quote(name)}: expected a name` };
  if (isText(flag)) return { name, reason: flag };
  if (theta === null) return { name, reason: "the file gives no ability" };
  if (!isNumber(theta)) return { wrong: `theta of ${quote(name)} is ${quote(theta)}: expected a number, or null` };
  if (!isNumber(se) || se < 0) return { wrong: `se of ${quote(name)} is ${quote(se)}: expected its standard error` };
  if (!isNumber(meanCostUsd) || meanCostUsd <= 0)
    return { wrong: `mean_cost of ${quote(name)} is ${quote(meanCostUsd)}: expected USD of a run, above 0` };
  return { name, theta, se, meanCostUsd };
}

/** `{models: [{model, theta, se, mean_cost, flag?}]}`; a `flag` or a theta of null takes a model out. */
export function parseModels({ name, text }: LinesFile): Result<ModelList> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return malformed(name, "is no JSON; expected {models: [{model, theta, se, mean_cost}]}");
  }
  if (!isObject(json) || !Array.isArray(json.models))
    return malformed(name, "has no list of models; expected {models: [{model, theta, se, mean_cost}]}");
  const models = new Map<string, BenchModel | FlaggedModel>();
  const rows: readonly unknown[] = json.models;
  for (const [index, row] of rows.entries()) {
    const read = isObject(row) ? readModel(row) : { wrong: `is ${quote(row)}: expected {model, theta, se, mean_cost}` };
    if ("wrong" in read) return malformed(`${name} entry ${index + 1}`, read.wrong);
    if (models.has(read.name)) return malformed(`${name} entry ${index + 1}`, `names ${quote(read.name)} again`);
    models.set(read.name, read);
  }
  const read = [...models.values()];
  return ok({
    models: read.filter((model) => "theta" in model),
    flagged: read.filter((model) => "reason" in model),
  });
}
