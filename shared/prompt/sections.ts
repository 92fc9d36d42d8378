import type { Block } from "./blocks.ts";
import { phaseOfThing } from "./phase.ts";
import { type Segment, toSegment } from "./segment.ts";
import { isAboutHeading, isWorkHeading } from "./work-lists.ts";

/** Shares of a level's headings that must name work for its sections to be the parts. */
const WORK_SHARE = 0.6;

/** The outermost level with two headings or more. */
function findLevel(headings: readonly Block[]): number | null {
  const levels = [...new Set(headings.map(({ level }) => level))].sort((a, b) => a - b);
  return levels.find((level) => headings.filter((heading) => heading.level === level).length > 1) ?? null;
}

/**
 * The sections of a text whose headings name pieces of work: each a part, heading and all; what stands before them and
 * sections that tell about the work hold for all parts. null where the headings are not of that kind.
 */
export function splitSections(masked: string, blocks: readonly Block[]): readonly Segment[] | null {
  const level = findLevel(blocks.filter(({ kind }) => kind === "heading"));
  if (level === null) return null;
  const heads = blocks.filter((block) => block.kind === "heading" && block.level === level);
  const telling = heads.filter((heading) => !isAboutHeading(masked, heading));
  const working = telling.filter((heading) => isWorkHeading(masked, heading));
  if (working.length < 2 || working.length < WORK_SHARE * telling.length) return null;
  const isWork = new Set(working);
  const sections: { isPart: boolean; isStep: boolean; title: string; start: number; end: number }[] = [];
  for (const block of blocks) {
    const isHead = block.kind === "heading" && block.level <= level;
    const open = sections.at(-1);
    const start = isHead ? block.bodyStart : block.start;
    if (open === undefined || isHead) {
      const title = masked.slice(block.bodyStart, Math.min(block.end, block.bodyStart + 100));
      sections.push({ isPart: isWork.has(block), isStep: block.isStep, title, start, end: block.end });
    } else open.end = block.end;
  }
  return sections.map(({ isPart, isStep, title, ...span }) => {
    const over = { follows: isStep ? ("previous" as const) : ("nothing" as const), phase: phaseOfThing(title) };
    return isPart ? toSegment("part", span, over) : toSegment("shared", span);
  });
}
