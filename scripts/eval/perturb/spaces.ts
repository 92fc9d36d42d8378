import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { chance, oneFrom } from "../../../shared/policy/testing/random-catalog.ts";

const GAP_SHARE = 0.25;
const WIDE_GAPS = ["  ", "  ", "   ", "\t"];

/** Widens some gaps between words and breaks some lines after sentences; blanks around the whole always change it. */
export function changeSpaces(text: string, random: Random): string {
  const inner = text.trim().replace(/([.!?])? /g, (gap, end: string | undefined) => {
    if (!chance(random, GAP_SHARE)) return gap;
    return end === undefined ? oneFrom(random, WIDE_GAPS) : `${end}${oneFrom(random, ["\n", "\n\n", "  "])}`;
  });
  return oneFrom(random, ["  ", "\n", " "]) + inner + oneFrom(random, [" ", "\n\n", "  \n"]);
}
