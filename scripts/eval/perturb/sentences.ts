import { SLOT } from "./protect.ts";

const BREAK = new RegExp(`(?<=[.!?]["')”]*)\\s+(?=["'(“]?[A-Za-z${SLOT}])`, "u");

/** Sentences of one line of protected text. */
export const toSentences = (line: string): readonly string[] => line.trim().split(BREAK);

/** Capital at the start, if a plain word stands there. */
export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Small letter at the start, if a plain word other than I stands there. */
export const uncapitalise = (text: string): string =>
  /^(?:[A-Z][a-z]|A )/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
