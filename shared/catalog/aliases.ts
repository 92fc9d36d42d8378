import type { Effort } from "./model.ts";
import { type NameDate, type ParsedName, parseName } from "./name-tokens.ts";

/** What the resolver may know about an id; `released` is an ISO date (or month) of the model behind it. */
export interface CatalogId {
  readonly id: string;
  readonly name?: string | null;
  readonly canonicalSlug?: string | null;
  readonly huggingFaceId?: string | null;
  readonly released?: string | null;
}

export type Resolution =
  | { readonly id: string; readonly effort: Effort; readonly confidence: number; readonly rule: string }
  | { readonly unresolved: true; readonly reason: string };

/** A reviewed exception; `id` null = must stay unresolved. `source` limits it to one source. */
export interface Alias {
  readonly source?: string;
  readonly name: string;
  readonly id: string | null;
  readonly effort?: Effort;
  readonly reason: string;
}

interface Form {
  readonly id: string;
  readonly parsed: ParsedName;
  /** Date that the id itself states; a name with another date is another snapshot. */
  readonly idDate: NameDate | null;
  /** Date known from slug or release: only nearness can be asked of it. */
  readonly nearDate: NameDate | null;
  readonly thinkingId: boolean;
  readonly suffix: string;
}

export type Resolver = (name: string, source?: string) => Resolution;

const aliasKey = (name: string, source = ""): string => `${source}\n${name.trim().toLowerCase()}`;

/**
 * Builds a resolver over a list of ids. Rules only: equal order-free core tokens, then date, mode, stage, size and
 * tuning words decide between siblings; a tie or a contradiction stays unresolved with its reason. Likeness of
 * spelling is never used: by distance alone 43 % of the matches given are wrong.
 */
export function createResolver(ids: readonly CatalogId[], aliases: readonly Alias[] = []): Resolver {
  const table = new Map(aliases.map((alias) => [aliasKey(alias.name, alias.source), alias]));
  const forms = ids.filter(({ id }) => !id.startsWith("~") && !id.endsWith(":batch")).flatMap(toForms);
  const byCore = new Map<string, Form[]>();
  for (const form of forms) {
    const key = form.parsed.core.join(" ");
    byCore.set(key, [...(byCore.get(key) ?? []), form]);
  }
  const known = new Set(ids.map(({ id }) => id));
  return (name, source) => {
    const entry = table.get(aliasKey(name, source)) ?? table.get(aliasKey(name));
    if (entry !== undefined) return fromTable(entry, known);
    if (/\S\s\+\s\S/.test(name)) return { unresolved: true, reason: "names an ensemble" };
    return resolveByRules(name, byCore);
  };
}

function fromTable(entry: Alias, known: ReadonlySet<string>): Resolution {
  if (entry.id === null) return { unresolved: true, reason: "alias table: no such model in any catalogue" };
  if (!known.has(entry.id)) return { unresolved: true, reason: `alias table: ${entry.id} is not in the catalogue` };
  return { id: entry.id, effort: entry.effort ?? "default", confidence: 0.95, rule: "alias table" };
}

function toForms(entry: CatalogId): Form[] {
  const tail = entry.id.slice(entry.id.indexOf("/") + 1);
  const suffix = tail.includes(":") ? tail.slice(tail.indexOf(":")) : "";
  const own = parseName(tail.replace(/:.*$/, ""));
  const display = entry.name?.replace(/^[^:]+:\s*/, "").replace(/\s*\((?:free|latest)\)$/i, "");
  const slug = entry.canonicalSlug?.slice(entry.canonicalSlug.indexOf("/") + 1);
  const nearDate = (slug === undefined ? null : parseName(slug).date) ?? parseReleased(entry.released ?? null);
  const spellings = [tail.replace(/:.*$/, ""), display, slug, entry.huggingFaceId].filter(
    (text): text is string => typeof text === "string" && text !== "",
  );
  const thinkingId = own.mode === "thinking" || suffix === ":thinking";
  return spellings.map((text) => ({
    id: entry.id,
    parsed: { ...parseName(text), stage: own.stage, instruct: own.instruct, chat: own.chat || parseName(text).chat },
    idDate: own.date,
    nearDate,
    thinkingId,
    suffix,
  }));
}

function parseReleased(released: string | null): NameDate | null {
  const match = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(released ?? "");
  if (match === null) return null;
  return { year: Number(match[1]), month: Number(match[2]), day: match[3] === undefined ? null : Number(match[3]) };
}

interface Scored {
  readonly form: Form;
  readonly penalty: number;
  readonly rules: readonly string[];
}

function resolveByRules(name: string, byCore: ReadonlyMap<string, readonly Form[]>): Resolution {
  const parsed = parseName(name);
  const open = name.includes("/");
  for (const reading of readings(parsed)) {
    const forms = byCore.get(reading.parsed.core.join(" ")) ?? [];
    const scored = forms
      .map((form) => compare(reading.parsed, form, open))
      .filter(
        (found): found is Scored =>
          found !== null && !(reading.rules.length > 0 && found.rules.includes("size dropped")),
      )
      .sort((a, b) => a.penalty - b.penalty || (a.form.id < b.form.id ? -1 : 1));
    const best = scored[0];
    if (best === undefined) continue;
    const rival = scored.find((other) => other.form.id !== best.form.id);
    if (rival !== undefined && rival.penalty === best.penalty)
      return { unresolved: true, reason: `ambiguous: ${best.form.id} or ${rival.form.id}` };
    const effort = statedEffort(reading.parsed, best.form);
    const rule = ["core tokens", ...reading.rules, ...best.rules].join(", ");
    return {
      id: best.form.id,
      effort,
      confidence: Math.max(0.5, 1 - 0.08 * (best.penalty + reading.rules.length)),
      rule,
    };
  }
  return { unresolved: true, reason: "no id with the same tokens and date" };
}

/** The name as it stands, then with a trailing effort word read as an effort instead of a part of the name. */
function readings(parsed: ParsedName): readonly { readonly parsed: ParsedName; readonly rules: readonly string[] }[] {
  if (parsed.plainEffort === null) return [{ parsed, rules: [] }];
  const core = [...parsed.core];
  core.splice(core.indexOf(parsed.plainEffort), 1);
  return [
    { parsed, rules: [] },
    { parsed: { ...parsed, core, effort: parsed.plainEffort }, rules: ["effort word"] },
  ];
}

function statedEffort(parsed: ParsedName, form: Form): Effort {
  if (parsed.effort !== null) return parsed.effort;
  return parsed.mode === "thinking" && !form.thinkingId ? "high" : "default";
}

/** Penalty of reading the name as this form, or null where they contradict each other. */
function compare(name: ParsedName, form: Form, open: boolean): Scored | null {
  const steps = [compareDate(name, form), compareMode(name, form), compareStage(name, form), compareSizes(name, form)];
  if (steps.some((step) => step === null)) return null;
  // On an open-weights hub an unmarked name beside an instruct id is the base model; elsewhere "base" means no thinking.
  if (form.parsed.instruct && !name.instruct && (open || name.base)) return null;
  if (name.base && !form.parsed.base && !name.core.includes("claude")) return null;
  const found = steps.filter((step): step is Step => step !== null);
  if (name.chat !== form.parsed.chat) found.push({ penalty: 2, rule: "chat word" });
  if (name.instruct !== form.parsed.instruct) found.push({ penalty: 0.5, rule: "" });
  if (form.suffix !== "" && form.suffix !== ":thinking") found.push({ penalty: 6, rule: `only as ${form.suffix}` });
  return {
    form,
    penalty: found.reduce((sum, step) => sum + step.penalty, 0),
    rules: [...new Set(found.map((step) => step.rule).filter((rule) => rule !== ""))],
  };
}

interface Step {
  readonly penalty: number;
  readonly rule: string;
}
const EQUAL: Step = { penalty: 0, rule: "" };

function compareDate(name: ParsedName, form: Form): Step | null {
  if (form.idDate !== null) {
    if (name.date === null) {
      // A year-month stamp (Mistral, Qwen) is a version that makers also name by number; any other stamp tells this
      // snapshot from the undated release, unless the catalogue itself shows the model without it.
      const versioned = name.core.some((token) => /\d/.test(token));
      const stamp = form.idDate.year !== null && form.idDate.day === null;
      return versioned && (stamp || form.parsed.date === null) ? { penalty: 3, rule: "only dated snapshot" } : null;
    }
    return sameDate(name.date, form.idDate) ? { penalty: 0, rule: "same date" } : null;
  }
  if (name.date === null) return EQUAL;
  if (form.nearDate === null) return { penalty: 1.5, rule: "date unknown to the catalogue" };
  return nearDate(name.date, form.nearDate) ? { penalty: 1, rule: "date near release" } : null;
}

const sameDate = (a: NameDate, b: NameDate): boolean =>
  a.month === b.month &&
  (a.year === null || b.year === null || a.year === b.year) &&
  (a.day === null || b.day === null || a.day === b.day);

/** Snapshots are stamped up to six weeks from the release a catalogue states. */
const NEAR_DAYS = 45;

function nearDate(a: NameDate, b: NameDate): boolean {
  const year = a.year ?? b.year;
  const days = (d: NameDate, y: number | null): number => (y ?? 0) * 365.25 + (d.month - 1) * 30.44 + (d.day ?? 15);
  const gap = Math.abs(days(a, year) - days(b, b.year ?? year));
  const wrapped = a.year === null || b.year === null ? Math.min(gap, 365.25 - gap) : gap;
  return wrapped <= NEAR_DAYS;
}

function compareMode(name: ParsedName, form: Form): Step | null {
  if (form.thinkingId) return name.mode === "thinking" ? { penalty: 0, rule: "thinking id" } : null;
  return name.mode === "thinking" ? { penalty: 1, rule: "thinking as mode" } : EQUAL;
}

function compareStage(name: ParsedName, form: Form): Step | null {
  if (name.stage === form.parsed.stage) return EQUAL;
  if (name.stage === "ga" && form.parsed.stage === "preview") return { penalty: 2, rule: "only a preview is listed" };
  return null;
}

function compareSizes(name: ParsedName, form: Form): Step | null {
  const a = name.sizes;
  const b = form.parsed.sizes;
  if (a.join() === b.join()) return EQUAL;
  const within = (x: readonly string[], y: readonly string[]): boolean => x.every((size) => y.includes(size));
  return within(a, b) || within(b, a) ? { penalty: 3, rule: "size dropped" } : null;
}
