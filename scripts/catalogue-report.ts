import { buildCatalog } from "../shared/catalog/build.ts";
import { DOMAINS } from "../shared/catalog/model.ts";
import { dataFolderOf, readCatalogueSources } from "./read-catalogue-sources.ts";
import { hasSavedPayloads } from "./read-saved-payloads.ts";

/**
 * Prints what a person should look at: names no rule could place, cells that two names claim with different values,
 * scores that no column could take, and listed models without an ability. Run: node scripts/catalogue-report.ts [--data FOLDER] [--json]
 */
function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!hasSavedPayloads(folder)) {
    console.error(`Cannot report: no saved payloads under ${folder} (--data names their folder)`);
    process.exitCode = 1;
    return;
  }
  const { report } = buildCatalog(readCatalogueSources(folder).input);
  if (argv.includes("--json")) {
    console.log(JSON.stringify(report, null, 2));
    return;
  }
  console.log(`${report.unresolved.length} unresolved names`);
  for (const { source, name, reason } of report.unresolved)
    console.log(`  ${source.padEnd(8)} ${name.padEnd(46)} ${reason}`);
  console.log(`${report.conflicts.length} conflicting cells (averaged)`);
  for (const { id, effort, column, names, values } of report.conflicts)
    console.log(`  ${id} (${effort}) ${column}: ${names.map((name, i) => `${name} = ${values[i]}`).join(", ")}`);
  console.log(`${report.dropped.length} scores dropped`);
  for (const { source, benchmark, name, value, reason } of report.dropped)
    console.log(`  ${source.padEnd(8)} ${name.padEnd(46)} ${benchmark} ${value}: ${reason}`);
  for (const domain of DOMAINS) console.log(`${report.unlinked[domain].length} models unlinked in ${domain}`);
  for (const id of report.unlinked.agentic_coding) console.log(`  ${id}`);
}

main(process.argv.slice(2));
