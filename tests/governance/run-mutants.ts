/**
 * Breaks one rule after the other in a copy of shared/policy/governance and asks the vectors of each copy. Prints a JSON list of
 * {breaks, file, failed: ids}; the first entry is the copy that nothing was done to. Run: node run-mutants.ts
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Json } from "../../shared/base/canonical-json.ts";
import { parseVectorFile, type Vector } from "../../shared/policy/governance/run-vector.ts";
import mutants from "./mutants.json" with { type: "json" };

/** One rule broken in the source: `from` stands exactly once in the file. */
type Mutant = (typeof mutants)[number];

const SHARED = join(import.meta.dirname, "../../shared");
const GOVERNANCE = join(SHARED, "policy/governance");
const VECTORS = join(GOVERNANCE, "testing/made-vectors.json");
const UNTOUCHED: Mutant = { breaks: "nothing", file: "run-vector.ts", from: "", to: "" };

const readJson = (file: string): Json => JSON.parse(readFileSync(file, "utf8"));

/** A folder shaped as shared/, in which only governance is a copy: what it imports from elsewhere is loaded once. */
function makeCopy(root: string, { file, from, to, breaks }: Mutant): string {
  const copy = join(root, "policy/governance");
  mkdirSync(copy, { recursive: true });
  for (const name of ["base", "task", "catalog", "data"]) symlinkSync(join(SHARED, name), join(root, name));
  for (const name of readdirSync(join(SHARED, "policy")).filter((one) => one.endsWith(".ts")))
    symlinkSync(join(SHARED, "policy", name), join(root, "policy", name));
  for (const name of readdirSync(GOVERNANCE).filter((one) => one.endsWith(".ts") && !one.endsWith(".test.ts")))
    cpSync(join(GOVERNANCE, name), join(copy, name));
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  const source = readFileSync(join(copy, file), "utf8");
  const places = from === "" ? 1 : source.split(from).length - 1;
  if (places !== 1) throw new Error(`Cannot break "${breaks}": its text stands ${places} times in ${file}.`);
  if (from !== "")
    writeFileSync(
      join(copy, file),
      source.replace(from, () => to),
    );
  return copy;
}

/** Ids of the vectors that fail in a copy; what throws fails. */
async function failuresIn(copy: string, base: Json, vectors: readonly Vector[]): Promise<readonly string[]> {
  const { runVector }: typeof import("../../shared/policy/governance/run-vector.ts") = await import(
    pathToFileURL(join(copy, "run-vector.ts")).href
  );
  return vectors.filter((vector) => !passes(() => runVector(base, vector))).map(({ id }) => id);
}

function passes(run: () => string | null): boolean {
  try {
    return run() === null;
  } catch {
    return false;
  }
}

const parsed = parseVectorFile(readJson(VECTORS));
if (!parsed.ok) throw new Error("the made vectors cannot be read");
const base = readJson(join(dirname(VECTORS), parsed.value.baseFile));
const folder = mkdtempSync(join(tmpdir(), "governance-mutants-"));
try {
  const results = [];
  for (const [n, mutant] of [UNTOUCHED, ...mutants].entries()) {
    const copy = makeCopy(join(folder, String(n)), mutant);
    const failed = await failuresIn(copy, base, parsed.value.vectors);
    results.push({ breaks: mutant.breaks, file: mutant.file, failed });
  }
  console.log(JSON.stringify(results));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
