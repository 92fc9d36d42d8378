import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Alias, createResolver, type Resolution } from "../shared/catalog/aliases.ts";
import { type ListedName, readIdList, readNameList } from "./catalog-names.ts";
import { alignRows } from "./catalog-table.ts";
import { runMain } from "./host/usage-error.ts";

/** Resolves names of benchmark sources to catalogue ids. Status 1: a file cannot be read; 2: the command line cannot. */
const USAGE = `Usage: npm run catalog:resolve -- --data FILE.json --catalog IDS.json [--json] [--no-aliases]
  --data        a list of {source, name} (further fields are echoed), or of names
  --catalog     a list of ids, of {id}, or of {id, name, canonical_slug, hugging_face_id, created}
  --json        one JSON object a line and nothing else
  --no-aliases  by the rules alone, without the reviewed table`;

const ALIASES = join(import.meta.dirname, "../shared/data/aliases.json");

interface Options {
  readonly data: string;
  readonly catalog: string;
  readonly json: boolean;
  readonly aliases: boolean;
}

function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        data: { type: "string" },
        catalog: { type: "string" },
        json: { type: "boolean", default: false },
        "no-aliases": { type: "boolean", default: false },
      },
    });
    const { data, catalog, json } = values;
    if (data === undefined || catalog === undefined)
      throw new Error(`expected --${data === undefined ? "data" : "catalog"} with a file.`);
    return { data, catalog, json, aliases: !values["no-aliases"] };
  } catch (error) {
    console.error(`Cannot read the command line: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

await runMain(async () => {
  const options = readOptions(process.argv.slice(2));
  const names = readNameList(options.data);
  const ids = readIdList(options.catalog);
  const resolve = createResolver(ids, options.aliases ? readAliases() : []);
  const results = names.map((listed) => ({ listed, resolution: resolve(listed.name, listed.source) }));
  if (options.json)
    for (const { listed, resolution } of results) console.log(JSON.stringify(toLine(listed, resolution)));
  else printTable(results, ids.length);
});

function readAliases(): readonly Alias[] {
  // The repository's own file, checked by its test.
  const { aliases } = JSON.parse(readFileSync(ALIASES, "utf8")) as { aliases: Alias[] };
  return aliases;
}

/** The result with the fields of its entry; a field of the entry that is named like one of ours moves under `given`. */
function toLine({ fields, name, source }: ListedName, resolution: Resolution): Readonly<Record<string, unknown>> {
  const result =
    "id" in resolution ? { ...resolution } : { id: null, effort: null, confidence: 0, rule: null, ...resolution };
  const reserved = new Set(["id", "effort", "confidence", "rule", "unresolved", "code", "reason", "given"]);
  const taken = Object.entries(fields).filter(([key]) => reserved.has(key));
  return {
    source: source ?? null,
    name,
    ...Object.fromEntries(Object.entries(fields).filter(([key]) => !reserved.has(key))),
    ...result,
    ...(taken.length === 0 ? {} : { given: Object.fromEntries(taken) }),
  };
}

function printTable(
  results: readonly { readonly listed: ListedName; readonly resolution: Resolution }[],
  idCount: number,
): void {
  const rows = results.map(({ listed: { source, name }, resolution }) =>
    "id" in resolution
      ? [source ?? "", name, resolution.id, resolution.effort, resolution.confidence.toFixed(2), resolution.rule]
      : [source ?? "", name, "-", "", "", resolution.reason],
  );
  for (const line of alignRows([["source", "name", "id", "effort", "conf", "rule or reason"], ...rows]))
    console.log(line);
  const resolved = results.filter(({ resolution }) => "id" in resolution).length;
  const share = results.length === 0 ? "" : ` (${Math.round((100 * resolved) / results.length)} %)`;
  console.log(`${resolved} of ${results.length} names resolved${share} against ${idCount} ids`);
}
