import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { oneFrom } from "../../../shared/policy/testing/random-catalog.ts";

const asBlock = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");

/** The whole text as a quotation: in quotation marks where it has one line and none of its own, else as a block. */
export function addQuotes(text: string, random: Random): string {
  if (text.trim().includes("\n")) return asBlock(text.trim());
  const trimmed = text.trim();
  const marks = trimmed.includes('"') ? [asBlock] : [asBlock, (t: string) => `"${t}"`, (t: string) => `“${t}”`];
  return oneFrom(random, marks)(trimmed);
}
