import type { SourceStatus, StatusBody } from "../../shared/contract/status.ts";
import type { SourceReport } from "../platform/d1/refresh-report.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";

/** The peer's names; a plan of one board (lmarena_text) belongs to its source. */
const NAMES: readonly (readonly [string, string])[] = [
  ["openrouter", "openrouter"],
  ["artificial_analysis", "artificial-analysis"],
  ["lmarena", "lmarena"],
  ["livebench", "livebench"],
  ["hf_open_llm", "hf-leaderboard"],
  ["aider", "aider"],
  ["epoch", "epoch"],
  ["models_dev", "models-dev"],
];

const STATUS = { fresh: "ok", stale: "stale", failed: "failed", off: "off" } as const satisfies Record<
  SourceReport["state"],
  SourceStatus["status"]
>;
/** Of several boards the worst tells how the source is. */
const WORST_FIRST: readonly SourceReport["state"][] = ["failed", "stale", "fresh", "off"];

const NEVER_ASKED: SourceStatus = {
  status: "off",
  lastPull: null,
  age_s: null,
  count: 0,
  rejected: 0,
  release: "",
  error: "not asked yet",
};
/** Closed since March 2025 and of a few percent of the models: it is imported by hand where somebody wants it. */
const RETIRED: SourceStatus = { ...NEVER_ASKED, error: "retired; not scheduled" };

/** How each source did at the last refresh that asked, and how old its rows are at `nowMs`. */
export function toSourceStatuses(lastAsked: CatalogRefresh | null, nowMs: number): StatusBody["sources"] {
  const reports = lastAsked?.report?.sources ?? [];
  return Object.fromEntries(
    NAMES.map(([source, name]) => {
      const own = reports.filter((one) => one.source === source || one.source.startsWith(`${source}_`));
      if (own.length > 0) return [name, toStatus(own, nowMs)];
      return [name, source === "hf_open_llm" ? RETIRED : NEVER_ASKED];
    }),
  );
}

function toStatus(reports: readonly SourceReport[], nowMs: number): SourceStatus {
  const state = WORST_FIRST.find((one) => reports.some((report) => report.state === one)) ?? "off";
  const goods = reports.flatMap(({ goodAtMs }) => (goodAtMs === null ? [] : [goodAtMs]));
  const oldestMs = goods.length === 0 ? null : Math.min(...goods);
  const sum = (of: (report: SourceReport) => number): number => reports.reduce((all, one) => all + of(one), 0);
  const errors = reports.flatMap((one) => toError(one, reports.length > 1));
  return {
    status: STATUS[state],
    lastPull: oldestMs === null ? null : new Date(oldestMs).toISOString(),
    age_s: oldestMs === null ? null : Math.max(0, Math.round((nowMs - oldestMs) / 1_000)),
    count: sum(({ models, scores }) => models + scores),
    rejected: sum(({ rejected }) => rejected),
    release: [...new Set(reports.map(({ release }) => release))].join(", "),
    ...(errors.length === 0 ? {} : { error: errors.join("; ") }),
  };
}

function toError({ source, off, faultKind, faultDetail }: SourceReport, isOneOfSeveral: boolean): readonly string[] {
  const text = off ?? (faultKind === null ? null : `${faultKind}: ${faultDetail ?? ""}`);
  return text === null ? [] : [isOneOfSeveral ? `${source}: ${text}` : text];
}
