import { parseArgs } from "node:util";
import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";
import type { Engine } from "../../shared/task/classification.ts";

/** What the command line asks for. */
export interface EvalOptions {
  readonly data: string;
  /** null means the folder that the router serves. */
  readonly model: string | null;
  readonly engine: Engine;
  readonly noise: string | null;
  readonly steering: string | null;
  readonly categories: string | null;
  readonly json: boolean;
}

export const USAGE =
  "usage: npm run model:eval -- --data FILE.jsonl [--model DIR] [--engine onnx|fallback] [--noise FILE.jsonl] " +
  "[--steering FILE.jsonl] [--categories FILE.jsonl] [--json]";

const refuse = (field: string, message: string) => fail({ kind: "invalid_param", field, message });

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    data: text,
    model: text,
    engine: text,
    noise: text,
    steering: text,
    categories: text,
    json: { type: "boolean" },
  } as const;
  return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
}

/** Options, or which argument cannot be read. */
export function parseOptions(argv: readonly string[]): Result<EvalOptions> {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    return refuse("arguments", error instanceof Error ? error.message : String(error));
  }
  const { data, engine = "onnx" } = values;
  if (data === undefined || data === "") return refuse("--data", "--data FILE.jsonl is missing");
  if (engine !== "onnx" && engine !== "fallback") {
    return refuse("--engine", `Cannot read --engine ${JSON.stringify(engine)}: expected onnx or fallback`);
  }
  const { model = null, noise = null, steering = null, categories = null, json = false } = values;
  return ok({ data, model, engine, noise, steering, categories, json });
}
