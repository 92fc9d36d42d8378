import { parseArgs } from "node:util";
import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";

/** What the command line asks for. */
export interface RoutingOptions {
  readonly data: string;
  /** null: abilities and costs come from one half of the tasks, and the other half is scored. */
  readonly models: string | null;
  readonly json: boolean;
}

export const USAGE = `usage: npm run bench:routing -- --data FILE.jsonl [--models FILE.json] [--json]
  --data    one task a line: {id, prompt, outcomes: {MODEL: [resolved 0 or 1, cost in USD, API calls]}}
  --models  {models: [{model, theta, se, mean_cost, flag?}]}; without it one half of the tasks gives abilities and costs
  --json    one JSON object with everything`;

/** Options, or which argument cannot be read. */
export function parseOptions(argv: readonly string[]): Result<RoutingOptions> {
  const refuse = (message: string) => fail({ kind: "invalid_param", field: "arguments", message } as const);
  const text = { type: "string" } as const;
  try {
    const { data, models, json } = parseArgs({
      args: [...argv],
      options: { data: text, models: text, json: { type: "boolean" } },
      strict: true,
      allowPositionals: false,
    }).values;
    if (data === undefined || data === "") return refuse("--data FILE.jsonl is missing");
    if (models === "") return refuse("--models needs a file");
    return ok({ data, models: models ?? null, json: json ?? false });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
