import type { CatalogId } from "./aliases.ts";
import { type Form, toLetters } from "./match-form.ts";
import { type NameDate, type ParsedName, parseName } from "./name-tokens.ts";

/** The spellings under which a catalogue id may be named. */
export function toForms(entry: CatalogId): Form[] {
  const vendor = vendorOf(entry.id);
  const tail = entry.id.slice(entry.id.indexOf("/") + 1);
  const suffix = tail.includes(":") ? tail.slice(tail.indexOf(":")) : "";
  const stem = tail.replace(/:.*$/, "");
  const own = parseName(stem);
  const display = parseGiven(entry.name?.replace(/^[^:]+:\s*/, "").replace(/\s*\((?:free|latest)\)$/i, ""));
  const slug = parseGiven(entry.canonicalSlug?.slice(entry.canonicalSlug.indexOf("/") + 1));
  const weights = parseGiven(entry.huggingFaceId);
  const shared = {
    id: entry.id,
    idDate: own.date,
    nearDate: slug?.date ?? parseReleased(entry.released ?? null),
    thinkingId: own.mode === "thinking" || suffix === ":thinking",
    instructId: /(?:^|[-_])instruct(?:$|[-_])/.test(stem),
    suffix,
    owners: [vendor, ownerOf(entry.huggingFaceId ?? "") ?? ""].map(toLetters),
  };
  const others = [
    isLooser(display, own, vendor) && weights?.core.join() === own.core.join() ? null : display,
    isLooser(slug, own, vendor) ? null : slug,
    weights,
  ].filter((parsed) => parsed !== null);
  return [own, ...others].map((parsed, i) => ({
    ...shared,
    parsed: { ...parsed, stage: own.stage, instruct: own.instruct, chat: own.chat || parsed.chat },
    isOwn: i === 0,
  }));
}

/** "openai" of "openai/gpt-5". */
export const vendorOf = (id: string): string => id.slice(0, Math.max(0, id.indexOf("/"))).replace(/^~/, "");

/** "Qwen" of "Qwen/Qwen2.5-72B"; null where no one word stands before a slash. */
export const ownerOf = (name: string): string | null => /^([\w.-]+)\//.exec(name)?.[1] ?? null;

const parseGiven = (text: string | null | undefined): ParsedName | null =>
  text === null || text === undefined || text === "" ? null : parseName(text);

/**
 * Whether a spelling leaves a token of the id away (other than the maker's name): the slug "glm-4.6-2025..." of
 * glm-4.6v, or the display name "Granite 4.0 Micro" of granite-4.0-h-micro, which are names of siblings.
 */
function isLooser(parsed: ParsedName | null, own: ParsedName, vendor: string): boolean {
  return parsed !== null && own.core.some((token) => !parsed.core.includes(token) && !vendor.startsWith(token));
}

function parseReleased(released: string | null): NameDate | null {
  const match = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(released ?? "");
  if (match === null) return null;
  return { year: Number(match[1]), month: Number(match[2]), day: match[3] === undefined ? null : Number(match[3]) };
}
