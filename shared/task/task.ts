import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";

/** A task as a caller states it: the prompt and what is known of its surroundings. */
export interface TaskInput {
  readonly task: string;
  readonly files?: readonly string[];
  readonly stack?: readonly string[];
}

/**
 * Caps on the context lines. The classifier reads 256 tokens and keeps the last 62, so longer lists could only push the
 * prompt itself out of sight; the lengths are those of a long repository path and a long package name.
 */
export const MAX_FILES = 50;
export const MAX_FILE_CHARS = 200;
export const MAX_STACK = 20;
export const MAX_STACK_CHARS = 60;

interface ListLine {
  readonly title: string;
  readonly items: readonly string[] | undefined;
  readonly maxItems: number;
  readonly maxChars: number;
}

/** Cuts to `maxChars` UTF-16 units, one less where the cut would split a surrogate pair. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxChars - 1 : maxChars);
}

function toLine(line: ListLine): string {
  const kept = (line.items ?? [])
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .slice(0, line.maxItems)
    .map((item) => cut(item, line.maxChars));
  return kept.length === 0 ? "" : `\n${line.title}: ${kept.join(", ")}`;
}

/** The text the classifier reads: the task, then a `Files:` and a `Stack:` line where they are given. Order is kept. */
export function toTaskText(input: TaskInput): string {
  const files = toLine({ title: "Files", items: input.files, maxItems: MAX_FILES, maxChars: MAX_FILE_CHARS });
  const stack = toLine({ title: "Stack", items: input.stack, maxItems: MAX_STACK, maxChars: MAX_STACK_CHARS });
  // Through UTF-8, so that a lone surrogate reads the same here as when the stored text comes back from the database.
  return decodeUtf8(encodeUtf8(input.task + files + stack));
}
