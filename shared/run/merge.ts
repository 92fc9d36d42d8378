import { type Marks, toFenced, toFenceNotice } from "./fence.ts";
import type { ChatMessage } from "./model-call.ts";
import { READ_BYTES } from "./run-limits.ts";

export const MERGE_STYLES = ["concise", "detailed", "decision"] as const;
export type MergeStyle = (typeof MERGE_STYLES)[number];

/** One answer to be merged; the label stands for its author, whom the merging model is not told. */
export interface MergeCandidate {
  readonly label: string;
  readonly text: string;
}

/** `answers`: several to the same task. `parts`: results of the parts that a task was split into. */
export interface MergeQuestion extends Marks {
  readonly of: "answers" | "parts";
  readonly task: string;
  readonly candidates: readonly MergeCandidate[];
  /** Labels of those that were asked and did not answer; said, so that a gap is not papered over. */
  readonly missing: readonly string[];
  readonly style: MergeStyle;
}

/** A, B, ... Z, AA, ...: labels that say nothing of the author. */
export function toLabel(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${toLabel(Math.floor(index / 26) - 1)}${letter}`;
}

/** Compare, find agreement and dispute, make one, say whose was best: for several answers to the same task. */
const DUTIES_OF_ANSWERS = `You make one answer out of several that were written independently for the same task. Four duties:
1. Weigh every answer for being right, being whole and being usable. Check claims that you can check; how many say a thing is not proof of it.
2. Find what they agree on, which you may rely on unless you can see that it is wrong, and where they differ, which you must decide.
3. Write one answer that does the task as well as the best of them could together. Take what is strongest from each; do not average, and do not mention that there were several.
4. Note which answer or answers served best, and why.
An answer that stands alone against the others is evidence, not noise: where you decide against it, keep it in the notes with what speaks for it. Where nothing settles a dispute, say so in the answer.`;

const DUTIES_OF_PARTS = `You make one result out of the results of the parts that a task was split into. Four duties:
1. Check every part for being right, being whole and fitting the task and the other parts.
2. Find where parts agree and build on each other, and where they contradict each other, which you must decide.
3. Write one result for the whole task in its own order: nothing that a part did is lost, nothing stands twice, and what does not fit together is made to.
4. Note which parts carried the result, which needed mending, and why.
Keep in the notes what a part found and you did not follow. Where a part is missing, say in the result what is not done.`;

const STYLES: Readonly<Record<MergeStyle, string>> = {
  concise: "Be brief: the result and what one must know to use it.",
  detailed: "Be thorough: the whole result, with the reasoning where it helps to use it.",
  decision:
    "Put the decision first, in a sentence; then the reasons for it, the strongest case against it, and what would change it.",
};

/** What the notes hold; labels are of this question's candidates only. */
export interface MergeNotes {
  readonly best: readonly string[];
  readonly why: string;
  readonly agreed: readonly string[];
  readonly disputed: readonly string[];
  /** Answers that were not followed, with what speaks for each. */
  readonly minority: readonly { readonly label: string; readonly says: string }[];
}

/** The question as messages: duties, the fenced data in the order given, then what to do, last. */
export function toMergeMessages(question: MergeQuestion): readonly ChatMessage[] {
  const { of, task, candidates, missing, style, fence, seal } = question;
  if (candidates.length < 2) throw new RangeError("a merge needs two answers");
  const each = Math.min(READ_BYTES.candidate, Math.floor(READ_BYTES.mergeTotal / candidates.length));
  const noun = of === "answers" ? "answer" : "part";
  const marks = { fence, seal };
  const data = [
    toFenced({ name: "task", text: task, maxBytes: READ_BYTES.candidate }, marks),
    ...candidates.map(({ label, text }) => toFenced({ name: `${noun} ${label}`, text, maxBytes: each }, marks)),
  ].join("\n\n");
  const gap = missing.length === 0 ? "" : `Not delivered: ${noun} ${missing.join(", ")}.\n`;
  const instruction =
    `${gap}Now write the merged ${of === "answers" ? "answer" : "result"}. ${STYLES[style]}\n` +
    `After it, on a line of its own, write ${seal} and then one JSON object: ` +
    `{"best": [labels], "why": text, "agreed": [texts], "disputed": [texts], "minority": [{"label": label, "says": text}]}.`;
  const duties = of === "answers" ? DUTIES_OF_ANSWERS : DUTIES_OF_PARTS;
  return [
    { role: "system", text: `${duties}\n\n${toFenceNotice(fence)}` },
    { role: "user", text: `${data}\n\n${instruction}` },
  ];
}

/** A merged answer; `notes` is null where the model gave none that can be read: the answer stands all the same. */
export interface Merged {
  readonly text: string;
  readonly notes: MergeNotes | null;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

function parseMinority(value: unknown, labels: ReadonlySet<string>): MergeNotes["minority"] | null {
  if (!Array.isArray(value)) return null;
  const rows: readonly unknown[] = value;
  const read = rows.flatMap((row) => {
    const members = new Map<string, unknown>(typeof row === "object" && row !== null ? Object.entries(row) : []);
    const [label, says] = [members.get("label"), members.get("says")];
    return typeof label === "string" && labels.has(label) && typeof says === "string" ? [{ label, says }] : [];
  });
  return read.length === rows.length ? read : null;
}

function parseNotes(json: string, labels: ReadonlySet<string>): MergeNotes | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const members = new Map<string, unknown>(Object.entries(value));
  const [best, why, agreed, disputed] = ["best", "why", "agreed", "disputed"].map((name) => members.get(name));
  const minority = parseMinority(members.get("minority"), labels);
  if (!isTexts(best) || !best.every((label) => labels.has(label)) || typeof why !== "string") return null;
  if (!isTexts(agreed) || !isTexts(disputed) || minority === null) return null;
  return { best, why, agreed, disputed, minority };
}

/**
 * Splits a merging model's answer at the first line that holds this question's seal. Nothing of the notes steers
 * anything: they are shown, and all answers are kept beside the merged one whatever they say.
 */
export function parseMerged(text: string, question: Pick<MergeQuestion, "seal" | "candidates">): Merged {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.includes(question.seal));
  if (at === -1) return { text: text.trim(), notes: null };
  const after = (lines[at] ?? "").split(question.seal).slice(1).join("");
  const json = [after, ...lines.slice(at + 1)].join("\n").replace(/^\s*```(?:json)?\s*|\s*```\s*$/g, "");
  const labels = new Set(question.candidates.map(({ label }) => label));
  return { text: lines.slice(0, at).join("\n").trim(), notes: parseNotes(json.trim(), labels) };
}
