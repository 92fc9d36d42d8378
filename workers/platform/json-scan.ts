/** Why a JSON text is refused before it is parsed. */
export type JsonProblem = "too_deep" | "duplicate_key" | "forbidden_key";

const [QUOTE, BACKSLASH, COLON] = [34, 92, 58];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;

/** Index of the quote that closes the string opened at `open`; the text's length when none does. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

/** The key a string literal stands for; one that cannot be read is left to the parser, which refuses the text. */
function toKey(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

/**
 * Looks through a text that claims to be JSON, in one pass without recursion: nesting deeper than `maxDepth`, a key
 * that stands twice in one object (parsers differ on which counts), or the key `__proto__`. Whether the text is JSON
 * at all is for the parser.
 */
export function findJsonProblem(text: string, maxDepth: number): JsonProblem | null {
  // One entry a level: the keys of an object, null for a list.
  const levels: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (levels.length === maxDepth) return "too_deep";
      levels.push(code === OPEN_OBJECT ? new Set() : null);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      levels.pop();
    } else if (code === QUOTE) {
      const end = endOfString(text, at);
      let next = end + 1;
      while (isSpace(text.charCodeAt(next))) next++;
      const keys = levels.at(-1);
      if (text.charCodeAt(next) === COLON && keys) {
        const key = toKey(text.slice(at, end + 1));
        if (key === "__proto__") return "forbidden_key";
        if (keys.has(key)) return "duplicate_key";
        keys.add(key);
      }
      at = end;
    }
  }
  return null;
}
