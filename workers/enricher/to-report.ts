import { toDetail } from "../../shared/base/fault.ts";
import type { SourceReport } from "../platform/d1/refresh-report.ts";
import type { CollectedSource } from "./collect-sources.ts";

/** What became of one source, as the heartbeat keeps it: counts, not rows. */
export const toSourceReport = (one: CollectedSource, nowMs: number): SourceReport => ({
  source: one.source,
  state: one.state,
  release: one.release,
  models: one.rows.facts.length + one.rows.listed.length,
  scores: one.rows.scores.length,
  rejected: one.rejected.length,
  goodAtMs: one.ageMs === null ? null : nowMs - one.ageMs,
  faultKind: one.fault?.kind ?? null,
  faultDetail: one.fault === null ? null : toFaultText(one.fault),
  off: one.off,
});

/** Sources' faults quote no caller, so that their message may be shown. */
function toFaultText(fault: NonNullable<CollectedSource["fault"]>): string {
  if (fault.kind === "rate_limited") return `asks to be left alone for ${fault.retryAfterS} s`;
  if (fault.kind === "not_found") return fault.id;
  return fault.kind === "forbidden" ? fault.message : toDetail(fault);
}
