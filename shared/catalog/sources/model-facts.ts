import type { Capabilities, EntryKind, Prices } from "../model.ts";

/** What a source says about a model beside its quality. */
export interface ModelFacts {
  readonly id: string;
  readonly name: string;
  readonly kind: EntryKind;
  readonly prices: Prices;
  readonly contextTokens: number;
  readonly maxOutputTokens: number | null;
  readonly capabilities: Capabilities;
  /** ISO date or ISO month; null = not stated. */
  readonly releaseDate: string | null;
}

/** Suffixes under which a host lists the same weights once more, served another way. */
const SAME_WEIGHTS = /:(?:exacto|extended)$/;

/** Kind of an entry by its id and prices: only a plain, priced id is a candidate by itself. */
export function toEntryKind(id: string, promptMicroUsd: number, completionMicroUsd: number): EntryKind {
  if (promptMicroUsd < 0 || completionMicroUsd < 0 || id.startsWith("openrouter/")) return "router";
  if (id.startsWith("~") || id.endsWith("-latest")) return "floating";
  if (id.endsWith(":batch")) return "batch";
  if (SAME_WEIGHTS.test(id)) return "variant";
  if (id.endsWith(":free") || (promptMicroUsd === 0 && completionMicroUsd === 0)) return "free";
  return "model";
}
