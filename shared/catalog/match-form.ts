import { MAKER_WORDS, type NameDate, type ParsedName } from "./name-tokens.ts";

/** One spelling of a catalogue id (the id itself, its display name, slug or weights), taken apart. */
export interface Form {
  readonly id: string;
  readonly parsed: ParsedName;
  /** Date that the id itself states; a name with another date is another snapshot. */
  readonly idDate: NameDate | null;
  /** Date known from slug or release: only nearness can be asked of it. */
  readonly nearDate: NameDate | null;
  readonly thinkingId: boolean;
  /** The id says "instruct", which makers of separate thinking weights do ("it" does not tell). */
  readonly instructId: boolean;
  readonly suffix: string;
  /** The id's vendor and the owner of its weights, as letters and digits. */
  readonly owners: readonly string[];
  /** The id's own spelling; it goes before what slug, display name and weights call it. */
  readonly isOwn: boolean;
}

/** A form that the name may mean; the lowest penalty is the likeliest reading. */
export interface Match {
  readonly form: Form;
  readonly penalty: number;
  readonly rules: readonly string[];
}

/** What makes a name with the same tokens another model than the form. */
export type Difference = "date" | "mode" | "stage" | "size" | "weights" | "chat" | "owner";

interface Step {
  readonly penalty: number;
  readonly rule: string;
}
const EQUAL: Step = { penalty: 0, rule: "" };

/** What a name says beside its tokens, and how it is written. */
export interface Written {
  readonly parsed: ParsedName;
  /** Spelled as a repository of weights ("Qwen/Qwen2.5-72B", "Qwen2.5-72B"): there an unmarked name is the base model. */
  readonly asWeights: boolean;
  /** What stands before the slash of a repository's name. */
  readonly owner: string | null;
}

/** Penalty of reading the name as this form, or what contradicts it. */
export function matchForm(written: Written, form: Form): Match | Difference {
  const name = written.parsed;
  if (written.owner !== null && !isTrusted(written.owner, form)) return "owner";
  const date = compareDate(name, form);
  if (date === null) return "date";
  const mode = compareMode(name, form);
  if (mode === null) return "mode";
  const stage = compareStage(name, form);
  if (stage === null) return "stage";
  const size = compareSizes(name, form);
  // Two weak signs do not add up: a snapshot of another size that came out about then is another model.
  if (size === null || (size.penalty > 0 && date.rule === NEAR.rule)) return "size";
  if (form.parsed.instruct && !name.instruct && (written.asWeights || name.base)) return "weights";
  if (name.base && !form.parsed.base && !name.core.includes("claude")) return "weights";
  if (name.chatOnly && !form.parsed.chat) return "chat";
  const found = [date, mode, stage, size];
  if (name.chat !== form.parsed.chat) found.push({ penalty: 2, rule: "chat word" });
  if (name.instruct !== form.parsed.instruct) found.push({ penalty: 0.5, rule: "" });
  if (form.suffix !== "" && form.suffix !== ":thinking") found.push({ penalty: 6, rule: `only as ${form.suffix}` });
  return {
    form,
    penalty: found.reduce((sum, step) => sum + step.penalty, 0),
    rules: [...new Set(found.map((step) => step.rule).filter((rule) => rule !== ""))],
  };
}

/** Who serves or repacks the weights of others as they are. */
const MIRRORS = new Set(["unsloth", "mlxcommunity"]);

/** What a stranger uploads under a maker's name is as often tuned as copied, so only the maker's and a host's name counts. */
function isTrusted(owner: string, form: Form): boolean {
  const plain = toLetters(owner);
  const isMaker = owner
    .toLowerCase()
    .split(/[-_]/)
    .some((part) => part !== "open" && MAKER_WORDS.has(part));
  const isRelated = (other: string): boolean =>
    (plain.length >= 3 && other.startsWith(plain)) || plain.startsWith(other);
  return isMaker || MIRRORS.has(plain) || form.owners.some((other) => other.length >= 3 && isRelated(other));
}

/** "PrimeIntellect" and "prime-intellect" are one owner. */
export const toLetters = (owner: string): string => owner.toLowerCase().replace(/[^a-z0-9]/g, "");

const NEAR: Step = { penalty: 1, rule: "date near release" };
const SAME: Step = { penalty: 0, rule: "same date" };
const MONTH: Step = { penalty: 0.5, rule: "month of release" };

function compareDate(name: ParsedName, form: Form): Step | null {
  if (form.idDate !== null) {
    if (name.date === null) return isVersionStamp(name, form) ? { penalty: 3, rule: "only dated snapshot" } : null;
    return sameDate(name.date, form.idDate) ? SAME : null;
  }
  if (name.date === null) return EQUAL;
  // A floating id serves one snapshot after another: a dated name is one of them, and nothing says which it serves now.
  if (/-latest$/.test(form.id)) return null;
  if (form.nearDate === null) return { penalty: 1.5, rule: "date unknown to the catalogue" };
  if (isSameMonth(name.date, form.nearDate)) return form.nearDate.day === null ? SAME : MONTH;
  // Experimental snapshots of one family follow each other within weeks, so that nearness tells nothing.
  if (name.stage === "exp") return isSameDay(name.date, form.nearDate) ? SAME : null;
  return isNear(name.date, form.nearDate) ? NEAR : null;
}

/**
 * A year-month stamp (Mistral, Qwen) is a version that makers also name by number; any other stamp tells this snapshot
 * from the undated release, unless the catalogue itself shows the model without it. A dated preview is only itself.
 */
function isVersionStamp(name: ParsedName, form: Form): boolean {
  const isVersioned = name.core.some((token) => /\d/.test(token));
  const isStamp = form.idDate !== null && form.idDate.year !== null && form.idDate.day === null;
  return isVersioned && form.parsed.stage === "ga" && (isStamp || form.parsed.date === null);
}

/** A month that the name states and the catalogue dates the model to. */
const isSameMonth = (a: NameDate, b: NameDate): boolean =>
  a.year !== null && a.year === b.year && a.month === b.month && a.day === null;

/** Whether both dates agree in all that both state. */
export const sameDate = (a: NameDate, b: NameDate): boolean =>
  a.month === b.month &&
  (a.year === null || b.year === null || a.year === b.year) &&
  (a.day === null || b.day === null || a.day === b.day);

/** Snapshots are stamped up to six weeks from the release a catalogue states. */
const NEAR_DAYS = 45;
/** A catalogue lists a release within days of it. */
const SAME_DAYS = 3;

const isNear = (a: NameDate, b: NameDate): boolean => daysApart(a, b) <= NEAR_DAYS;
const isSameDay = (a: NameDate, b: NameDate): boolean =>
  a.day !== null && b.day !== null && daysApart(a, b) <= SAME_DAYS;

function daysApart(a: NameDate, b: NameDate): number {
  const year = a.year ?? b.year;
  const days = (d: NameDate, y: number | null): number => (y ?? 0) * 365.25 + (d.month - 1) * 30.44 + (d.day ?? 15);
  const gap = Math.abs(days(a, year) - days(b, b.year ?? year));
  return a.year === null || b.year === null ? Math.min(gap, 365.25 - gap) : gap;
}

function compareMode(name: ParsedName, form: Form): Step | null {
  if (form.thinkingId) return name.mode === "thinking" ? { penalty: 0, rule: "thinking id" } : null;
  if (name.mode !== "thinking") return EQUAL;
  return form.instructId ? null : { penalty: 1, rule: "thinking as mode" };
}

function compareStage(name: ParsedName, form: Form): Step | null {
  if (name.stage === form.parsed.stage) return EQUAL;
  if (name.stage === "ga" && form.parsed.stage === "preview") return { penalty: 2, rule: "only a preview is listed" };
  const released = form.idDate ?? form.nearDate;
  if (name.stage !== "preview" || form.parsed.stage !== "ga" || name.date === null || released === null) return null;
  return isSameDay(name.date, released) ? { penalty: 3, rule: "preview of the day of release" } : null;
}

function compareSizes(name: ParsedName, form: Form): Step | null {
  const a = name.sizes;
  const b = form.parsed.sizes;
  if (a.join() === b.join()) return EQUAL;
  const within = (x: readonly string[], y: readonly string[]): boolean => x.every((size) => y.includes(size));
  return within(a, b) || within(b, a) ? { penalty: 3, rule: "size dropped" } : null;
}
