import { finiteOf, isFields, textOf } from "./json-fields.ts";
import type { OpenRouterModel } from "./openrouter-model.ts";
import type { BenchmarkRow, Reject, SourceOrigin, SourceParse } from "./source.ts";

/** Indices of Artificial Analysis as the model list repeats them; points, 0..100. */
const INDICES = {
  intelligence_index: "aa_intelligence_index",
  coding_index: "aa_coding_index",
  agentic_index: "aa_agentic_index",
} as const;

interface EmbeddedAt {
  readonly model: OpenRouterModel;
  readonly place: string;
  readonly origin: SourceOrigin;
}

/**
 * Reads `benchmarks` of one entry: `{artificial_analysis: {..._index}, design_arena: [{arena, category, elo}]}`. Null
 * and missing are no score and no reject. The list does not say which edition of the index it repeats (`release` is
 * the caller's) nor at which effort it was measured: over five models with efforts four carried the row of their
 * highest effort and one that of its default, so the highest is taken, which never flatters the default. Entries that
 * stand for another one (batch, floating, variant) repeat its scores: theirs are rejected.
 */
export function parseEmbeddedBenchmarks(value: unknown, at: EmbeddedAt): SourceParse<BenchmarkRow> {
  if (value === null || value === undefined) return { rows: [], rejected: [] };
  const place = `${at.place} benchmarks`;
  if (!isFields(value)) return { rows: [], rejected: [{ place, reason: "not an object" }] };
  if (at.model.kind !== "model" && at.model.kind !== "free")
    return { rows: [], rejected: [{ place, reason: `a ${at.model.kind} entry repeats the scores of another` }] };
  const parts = [readIndices(value.artificial_analysis, at), readDesignArena(value.design_arena, at)];
  return { rows: parts.flatMap(({ rows }) => rows), rejected: parts.flatMap(({ rejected }) => rejected) };
}

function readIndices(value: unknown, at: EmbeddedAt): SourceParse<BenchmarkRow> {
  const place = `${at.place} benchmarks.artificial_analysis`;
  if (value === null || value === undefined) return { rows: [], rejected: [] };
  if (!isFields(value)) return { rows: [], rejected: [{ place, reason: "not an object" }] };
  const rows: BenchmarkRow[] = [];
  const rejected: Reject[] = [];
  for (const [key, benchmark] of Object.entries(INDICES)) {
    const stated = value[key];
    if (stated === null || stated === undefined) continue;
    const score = finiteOf(stated);
    if (score === null || score < 0 || score > 100)
      rejected.push({ place: `${place}.${key}`, reason: "no number in 0..100" });
    else rows.push(toRow({ benchmark, value: score, effort: at.model.efforts.at(-1) ?? "default" }, at));
  }
  return { rows, rejected };
}

function readDesignArena(value: unknown, at: EmbeddedAt): SourceParse<BenchmarkRow> {
  const place = `${at.place} benchmarks.design_arena`;
  if (value === null || value === undefined) return { rows: [], rejected: [] };
  if (!Array.isArray(value)) return { rows: [], rejected: [{ place, reason: "not a list" }] };
  const rows: BenchmarkRow[] = [];
  const rejected: Reject[] = [];
  value.forEach((entry: unknown, i) => {
    const row = toArenaRow(entry, at);
    if (typeof row === "string") rejected.push({ place: `${place}[${i}]`, reason: row });
    else rows.push(row);
  });
  return { rows, rejected };
}

function toArenaRow(entry: unknown, at: EmbeddedAt): BenchmarkRow | string {
  if (!isFields(entry)) return "not an object";
  const arena = textOf(entry.arena);
  const category = textOf(entry.category);
  if (arena === null || category === null) return "no arena and category";
  const elo = finiteOf(entry.elo);
  if (elo === null || elo <= 0) return "no elo";
  const slug = `${arena}_${category}`.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return toRow({ benchmark: `design_arena_${slug}`, value: elo, effort: "default" }, at);
}

function toRow(
  score: Pick<BenchmarkRow, "benchmark" | "value"> & { readonly effort: OpenRouterModel["efforts"][number] },
  { model, origin }: EmbeddedAt,
): BenchmarkRow {
  const { benchmark, value, effort } = score;
  // A free entry serves the weights of the id before its suffix, and abilities are kept under that.
  const id = model.id.replace(/:free$/, "");
  return {
    source: "openrouter",
    benchmark,
    release: origin.release,
    name: effort === "default" ? id : `${id} (${effort})`,
    value,
    higherIsBetter: true,
    date: null,
    stderr: null,
    costUsdPerTask: null,
    stated: { id, effort },
  };
}
