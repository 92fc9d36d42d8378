/**
 * Writes the rows that `npm run model:eval -- --noise` reads: every prompt in up to eight rewritten forms.
 * Run: node scripts/make-noise.ts --in FILE --paraphrases FILE --out FILE. The same input gives the same output.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Result } from "../shared/base/result.ts";
import { fail } from "../shared/base/result.ts";
import { isText, parseLines, quote } from "./eval/json-lines.ts";
import type { NoiseRow } from "./eval/parse-changes.ts";
import { PERTURBATIONS, perturb } from "./eval/perturb.ts";

const USAGE = "usage: node scripts/make-noise.ts --in FILE.jsonl --paraphrases FILE.jsonl --out FILE.jsonl";

interface Prompt {
  readonly id: string;
  readonly text: string;
}

/** `{id, [field]}` of each row. */
function readPairs(path: string, field: string): Result<readonly Prompt[]> {
  if (!existsSync(path)) return fail({ kind: "malformed_data", what: path, detail: "is missing" });
  return parseLines<Prompt>({ name: path, text: readFileSync(path, "utf8") }, ({ id, [field]: text }) => {
    if (!isText(id)) return { wrong: `id is ${quote(id)}: expected a text` };
    return isText(text) ? { id, text } : { wrong: `${field} is ${quote(text)}: expected a text` };
  });
}

/** One row a prompt, its variants in the order of PERTURBATIONS; a way that changes nothing is left out. */
export function toNoiseRows(prompts: readonly Prompt[], paraphrases: ReadonlyMap<string, string>): readonly NoiseRow[] {
  return prompts.map(({ id, text }) => {
    const variants = PERTURBATIONS.flatMap((kind) => {
      const changed = perturb(kind, { id, text, paraphrases });
      return changed === null ? [] : [{ kind, text: changed }];
    });
    return { id, text, variants };
  });
}

function printCounts(rows: readonly NoiseRow[]): void {
  for (const kind of PERTURBATIONS) {
    const without = rows.filter(({ variants }) => !variants.some((variant) => variant.kind === kind));
    const list =
      without.length === 0
        ? ""
        : `; none for ${without
            .slice(0, 8)
            .map(({ id }) => id)
            .join(", ")}`;
    console.log(`${kind.padEnd(10)} ${rows.length - without.length} of ${rows.length}${list}`);
  }
}

function main(argv: readonly string[]): void {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: [...argv], options: { in: text, paraphrases: text, out: text } });
  if (values.in === undefined || values.paraphrases === undefined || values.out === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const prompts = readPairs(values.in, "text");
  const paraphrases = readPairs(values.paraphrases, "paraphrase");
  if (!prompts.ok || !paraphrases.ok) {
    console.error(JSON.stringify(prompts.ok ? paraphrases : prompts));
    process.exitCode = 1;
    return;
  }
  const rows = toNoiseRows(prompts.value, new Map(paraphrases.value.map((row) => [row.id, row.text])));
  writeFileSync(values.out, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  printCounts(rows);
}

if (import.meta.main) main(process.argv.slice(2));
