import { toDetail } from "../shared/base/fault.ts";
import type { Reject } from "../shared/catalog/sources/source.ts";
import { dataFolderOf } from "./read-catalogue-sources.ts";
import { hasSavedPayloads, readSavedPayloads, type SavedPayload } from "./read-saved-payloads.ts";

/**
 * Prints, for every saved payload, what its source's adapter read of it and what it rejected and why.
 * Run: node scripts/source-report.ts [--data FOLDER] [--rejects]
 */
function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!hasSavedPayloads(folder)) {
    console.log(`No saved payloads under ${folder}: nothing to report`);
    return;
  }
  const payloads = readSavedPayloads(folder);
  console.log("| payload | adapter | models | scores | rejected | what |\n|---|---|---|---|---|---|");
  for (const payload of payloads) console.log(toLine(payload));
  if (!argv.includes("--rejects")) return;
  for (const { file, reading } of payloads)
    for (const { place, reason } of reading.ok ? reading.value.rejected : [])
      console.log(`${file} ${place}: ${reason}`);
}

function toLine({ file, adapter, reading }: SavedPayload): string {
  if (!reading.ok) return `| ${file} | ${adapter} | | | all | ${reading.fault.kind}: ${toDetail(reading.fault)} |`;
  const { models, scores, rejected, notes } = reading.value;
  const what = [notes, toReasons(rejected)].filter((part) => part !== "").join("; ");
  return `| ${file} | ${adapter} | ${models || ""} | ${scores || ""} | ${rejected.length} | ${what} |`;
}

/** Reasons with their counts, the commonest four. */
function toReasons(rejected: readonly Reject[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const rest = sorted.length > 4 ? [`${sorted.length - 4} more reasons`] : [];
  return [...sorted.slice(0, 4).map(([reason, count]) => `${count} ${reason}`), ...rest].join(", ");
}

main(process.argv.slice(2));
