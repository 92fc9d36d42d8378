/**
 * How well names resolve on the hand-checked pairs: right answers, precision of the ids given, known traps, names that
 * must stay unresolved, with the reviewed table and by rules alone, and against the bare ids. The rules were not
 * written for single pairs; a table entry that is itself a pair would measure nothing and ends the run with status 1.
 * Run: node bench/aliases.ts [--data FOLDER]
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readIdList } from "../scripts/catalog-names.ts";
import { dataFolderOf } from "../scripts/read-catalogue-sources.ts";
import { type Alias, type CatalogId, createResolver } from "../shared/catalog/aliases.ts";

interface Pair {
  readonly source: string;
  readonly name: string;
  readonly expect: string | null;
  readonly accept: readonly string[];
  readonly must_not: readonly string[];
  readonly effort: string | null;
  readonly kind: string;
}

interface Answer {
  readonly pair: Pair;
  readonly id: string | null;
  readonly effort: string | null;
  readonly why: string;
  readonly right: boolean;
}

function answer(pairs: readonly Pair[], ids: readonly CatalogId[], aliases: readonly Alias[]): readonly Answer[] {
  const resolve = createResolver(ids, aliases);
  return pairs.map((pair) => {
    const found = resolve(pair.name, pair.source);
    const [id, effort, why] = "id" in found ? [found.id, found.effort, found.rule] : [null, null, found.reason];
    return { pair, id, effort, why, right: id === pair.expect || (id !== null && pair.accept.includes(id)) };
  });
}

/** Whether the effort is the one that the pair states; an id that is the thinking model itself needs none. */
function hasEffort({ pair, id, effort }: Answer): boolean {
  if (pair.effort !== "thinking" && pair.effort !== "reasoning") return effort === pair.effort;
  return /think|reason/.test(id ?? "") || (effort !== null && effort !== "default" && effort !== "none");
}

function print(title: string, answers: readonly Answer[]): void {
  const given = answers.filter(({ id }) => id !== null);
  const right = answers.filter((a) => a.right);
  const precise = given.filter((a) => a.right).length;
  const traps = given.filter(({ pair, id }) => id !== null && pair.must_not.includes(id)).length;
  const kept = answers.filter(({ pair, right }) => pair.expect === null && !right).length;
  const nulls = answers.filter(({ pair }) => pair.expect === null).length;
  const stated = right.filter(({ pair, id }) => pair.effort !== null && id !== null);
  console.log(
    `${title.padEnd(24)} accuracy ${share(right.length, answers.length)}  precision ${share(precise, given.length)}  ` +
      `traps ${traps}  must-not-match matched ${kept}/${nulls}  ` +
      `stated effort ${share(stated.filter(hasEffort).length, stated.length)}`,
  );
}

const share = (part: number, all: number): string => `${(part / all).toFixed(3)} (${part}/${all})`;

function main(argv: readonly string[]): void {
  const folder = join(dataFolderOf(argv), "enrich");
  const gold = join(folder, "alias_gold_open.json");
  if (!existsSync(gold)) {
    console.log(`aliases: skipped, no hand-checked pairs at ${gold}`);
    return;
  }
  const { pairs } = JSON.parse(readFileSync(gold, "utf8")) as { pairs: Pair[] };
  const table = join(import.meta.dirname, "../shared/data/aliases.json");
  const { aliases } = JSON.parse(readFileSync(table, "utf8")) as { aliases: Alias[] };
  const ids = readIdList(join(folder, "openrouter/id_history.json"));
  const byRules = answer(pairs, ids, []);
  console.log(`${pairs.length} hand-checked pairs against ${ids.length} ids`);
  print("with the table", answer(pairs, ids, aliases));
  print("by rules alone", byRules);
  const bare = ids.map(({ id }) => ({ id }));
  print("rules, bare ids", answer(pairs, bare, []));
  const names = new Set(pairs.map(({ name }) => name.toLowerCase()));
  const borrowed = aliases.filter(({ name }) => names.has(name.toLowerCase()));
  console.log(`${borrowed.length} of ${aliases.length} table entries are pairs`);
  if (borrowed.length > 0) process.exitCode = 1;
  for (const { pair, id, why, right } of byRules)
    if (!right)
      console.log(`  wrong: ${pair.source} "${pair.name}" (${pair.kind}): ${id ?? "none"}, not ${pair.expect}; ${why}`);
  for (const found of byRules)
    if (found.right && found.id !== null && found.pair.effort !== null && !hasEffort(found))
      console.log(`  effort: "${found.pair.name}" -> ${found.id} ${found.effort}, stated ${found.pair.effort}`);
}

main(process.argv.slice(2));
