/** Stands for each UTF-16 unit that is none of the splitter's business; no word, no blank and no mark of a list. */
export const OPAQUE = "\u00a4";

const FENCE = /^[ \t]*(```+|~~~+)/;
/**
 * What is quoted or is no language: inline code, addresses, quotations and asides. Each is bounded, so that an opening
 * mark without its closing one costs little.
 */
const INLINE =
  /`[^`\n]{1,300}`|https?:\/\/[^\s)>]{1,500}|"[^"\n]{1,300}"|“[^”\n]{1,300}”|(?<=^|[\s(])'[^'\n]{1,300}'(?!\w)|\((?!\w{1,2}\)[ \t])[^()\n]{1,300}\)|「[^」\n]{1,300}」|『[^』\n]{1,300}』|（[^（）\n]{1,300}）(?!\s*[一-龥])|<!--[^>]{0,2000}-->/gm;
/** What only a line of code ends with, and what it begins with. */
const CODE_END = /(?:[{}]|=>|\)\s*:|[(){}=<>"'][^\w\n]{0,20};)\s*$/;
const CODE_START =
  /^\s*(?:(?:const|let|var)\s+[\w{[]+[^=\n]{0,100}=|def \w+\(|from \S+ import |import \S+ from |#include|@\w+\(|(?:SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET|(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|VIEW)) )/;
const QUOTED = /^ {0,3}>/;
const LIST_MARK = /^[ \t]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]|[•・●▪◦■◆①-⑳]|[(（]?\d{1,3}[．、）])/;

const hide = (text: string): string => OPAQUE.repeat(text.length);

function isCodeLine(line: string, afterBlank: boolean): boolean {
  if (LIST_MARK.test(line)) return false;
  return (
    (afterBlank && /^(?: {4}|\t)\s*\S/.test(line)) ||
    CODE_END.test(line.slice(-60)) ||
    CODE_START.test(line.slice(0, 300))
  );
}

/** The line that closes a fence opened at `from`; the last line where none does. */
function findFenceEnd(lines: readonly string[], from: number, fence: string): number {
  let at = from + 1;
  while (at < lines.length && !lines[at]?.trimStart().startsWith(fence)) at += 1;
  return Math.min(at, lines.length - 1);
}

/**
 * The text with everything that may not be read for its structure made opaque, at the same length: fenced blocks with
 * their line breaks (so that no line begins inside), lines of code and of quotations, inline code, asides, addresses.
 */
export function maskText(text: string): string {
  const lines = text.split("\n");
  // A text that is one quotation is the request itself, pasted.
  const isAnswer = lines.some((line) => line.trim() !== "" && !QUOTED.test(line));
  const masked: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    // at < lines.length, so the line exists; the fallback satisfies the index check.
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      const last = findFenceEnd(lines, at, fence);
      masked.push(hide(lines.slice(at, last + 1).join("\n")));
      at = last;
    } else if ((isAnswer && QUOTED.test(line)) || isCodeLine(line, at > 0 && (lines[at - 1] ?? "").trim() === "")) {
      masked.push(line.replace(/\S/g, OPAQUE));
    } else masked.push(line.replace(INLINE, hide));
  }
  return masked.join("\n");
}
