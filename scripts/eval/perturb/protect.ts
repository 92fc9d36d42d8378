/** A text whose code, names and numbers are each one private character, and the way back. */
export interface ProtectedText {
  readonly text: string;
  readonly restore: (changed: string) => string;
}

// The private-use block of the basic plane: no prose holds these, and each is one UTF-16 unit.
const FIRST = 0xe000;
const SLOTS = 0xf8ff - FIRST + 1;

/** One protected part, as a character class for patterns over protected text. */
export const SLOT = "\\ue000-\\uf8ff";

/**
 * What is kept whole: fenced and inline code, web addresses, quoted words, indented lines, and lines of a log, a stack
 * trace or a shell session.
 */
const SPANS = new RegExp(
  [
    "```[\\s\\S]*?(?:```|(?![\\s\\S]))",
    // A text's own private characters must not be taken for slots.
    "[\\ue000-\\uf8ff]",
    "`[^`\\n]+`",
    "https?://[^\\s)>\\]]+",
    '"[^"\\n]{1,80}"',
    "^(?: {4,}|\\t).+$",
    '^\\s*(?:at \\S+ ?\\(|File "|Traceback |\\d{4}-\\d\\d-\\d\\d[ T]|\\[\\d|\\$ |>>> ).*$',
  ].join("|"),
  "gm",
);

/** Plain words: letters in the case of prose, inner apostrophes and hyphens. Anything else may be a name. */
const PLAIN = /^[A-Za-z][a-z]*(?:['’-][a-z]+)*$/;
const CAPITALISED = /^[A-Z]/;
/** Their dots end no sentence. */
const ABBREVIATION = /^(?:[A-Za-z](?:\.[A-Za-z])+|etc|vs|cf|approx)$/;
/** Marks at the start of a line; left as they are, so that a rewriting sees that the line is no plain sentence. */
const MARKER = /^[>#*+-]+$/;
const CHUNK = /^(["'(*_“‘]*)(.*?)([.,;:!?)\]"'*_”’…]*)$/su;

/** A capital inside a sentence marks a name; the pronoun I is no name. */
const isPlain = (core: string, startsSentence: boolean): boolean =>
  PLAIN.test(core) && (startsSentence || core === "I" || !CAPITALISED.test(core));

/** A run without blanks as marks before, the word, and marks behind; a call keeps its closing bracket. */
function toChunk(part: string): { readonly open: string; readonly core: string; readonly close: string } {
  const [, open = "", core = part, close = ""] = CHUNK.exec(part) ?? [];
  const isCall = core.includes("(") && close.startsWith(")");
  return isCall ? { open, core: `${core})`, close: close.slice(1) } : { open, core, close };
}

function makeSlots(from: number) {
  const contents: string[] = [];
  return {
    put: (content: string): string => {
      const code = from + contents.length;
      if (code >= SLOTS) throw new RangeError(`a text of more than ${SLOTS} protected parts`);
      contents.push(content);
      return String.fromCharCode(FIRST + code);
    },
    size: () => from + contents.length,
    fill: (text: string): string =>
      text.replace(/[\ue000-\uf8ff]/g, (slot) => contents[slot.charCodeAt(0) - FIRST - from] ?? slot),
  };
}

/** Protects `text` so that prose can be changed around what must stay. restore() undoes it on any rearrangement. */
export function protectCode(text: string): ProtectedText {
  const spans = makeSlots(0);
  const masked = text.replace(SPANS, (span) => spans.put(span));
  const words = makeSlots(spans.size());
  let startsSentence = true;
  const prose = masked.replace(/(\s+)|(\S+)/g, (part: string, space: string | undefined) => {
    if (space !== undefined) {
      startsSentence ||= space.includes("\n");
      return part;
    }
    const { open, core, close } = toChunk(part);
    const starts = startsSentence;
    startsSentence = /[.!?:]/.test(close);
    if (close.startsWith(".") && ABBREVIATION.test(core)) {
      startsSentence = false;
      return open + words.put(`${core}.`) + close.slice(1);
    }
    if (core === "" || MARKER.test(core) || isPlain(core, starts) || isOneSpan(core, spans.size())) return part;
    return open + words.put(core) + close;
  });
  // Words first: they may hold spans, and what spans hold is never looked at again.
  return { text: prose, restore: (changed) => spans.fill(words.fill(changed)) };
}

const isOneSpan = (core: string, spans: number): boolean =>
  core.length === 1 && core.charCodeAt(0) - FIRST < spans && core >= "\ue000";
