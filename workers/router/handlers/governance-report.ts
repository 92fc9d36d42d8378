import { fail, ok, type Result } from "../../../shared/base/result.ts";
import {
  governanceExportQuerySchema,
  governanceReportQuerySchema,
} from "../../../shared/contract/governance-requests.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { aggregateGovernance } from "../../../shared/policy/governance/aggregate-governance.ts";
import { suggestGovernance } from "../../../shared/policy/governance/suggest-governance.ts";
import { toNdjson } from "../../../shared/policy/governance/telemetry.ts";
import type { EventCursor } from "../../platform/d1/governance-events-store.ts";
import { linesResponse } from "../../platform/http.ts";
import type { Handler } from "../handler.ts";

const DAY_MS = 86_400_000;
const DAYS = 30;
/** Rows of one report: enough for every suggestion's bounds, few enough for one request's memory. */
const REPORT_ROWS = 5_000;
const EXPORT_ROWS = 500;

const toSnakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The members of a value under their names as the doors spell them; money of micro-dollars keeps its unit in its name. */
function toWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [toSnakeCase(key), toWire(member)]));
}

/** GET /api/governance/report: what became of roles, and what a person may want to change; nothing is changed by it. */
export const getGovernanceReport: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(governanceReportQuerySchema, query);
  if (!asked.ok) return asked;
  const { days = DAYS } = asked.value;
  const { tenantId } = principal;
  const sinceMs = deps.nowMs() - days * DAY_MS;
  const [events, stored, catalog] = await Promise.all([
    deps.readGovernanceEvents({ tenantId, sinceMs, limit: REPORT_ROWS }),
    deps.readGovernance(tenantId),
    deps.readCatalog(),
  ]);
  if (!events.ok) return events;
  if (!stored.ok) return stored;
  if (!catalog.ok) return catalog;
  const costs = await deps.recallCatalogCosts(catalog.value);
  if (!costs.ok) return costs;
  const report = aggregateGovernance(events.value);
  const suggestions = suggestGovernance(events.value, stored.value.file, costs.value.costOf);
  const truncated = events.value.length === REPORT_ROWS;
  return ok({
    data: toWire({ days, ...report, truncated, suggestions }),
    meta: { version: stored.value.version },
  });
};

const CURSOR = /^(\d{1,15})\.([\x21-\x7e]{1,100})$/;

function parseCursor(text: string | undefined): Result<EventCursor | null> {
  if (text === undefined) return ok(null);
  const [, updatedAtMs, id] = CURSOR.exec(text) ?? [];
  if (updatedAtMs !== undefined && id !== undefined) return ok({ updatedAtMs: Number(updatedAtMs), id });
  const message = `Cannot read cursor ${JSON.stringify(text.slice(0, 60))}: expected that of an earlier X-Next-Cursor`;
  return fail({ kind: "invalid_param", field: "cursor", message });
}

/** A change is dated when its request begins and seen when it is committed; no request takes a minute. */
const LATE_MS = 60_000;

/** Before every id of an event. */
const FIRST_ID = "0";

/** Where the next page begins. A later export goes on before the newest changes, since some of their time may still land. */
function toNextCursor(at: EventCursor | null, { isLast, nowMs }: { readonly isLast: boolean; readonly nowMs: number }) {
  if (at === null) return null;
  const settledMs = nowMs - LATE_MS;
  return isLast && at.updatedAtMs > settledMs ? `${settledMs}.${FIRST_ID}` : `${at.updatedAtMs}.${at.id}`;
}

/**
 * GET /api/governance/telemetry: one event a line. A row comes again once its outcome is known: whoever keeps them keeps
 * the last of each id. X-Next-Cursor is where the next page begins, and where a later export goes on; a page that is not full is the last.
 */
export const exportGovernance: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(governanceExportQuerySchema, query);
  if (!asked.ok) return asked;
  const after = parseCursor(asked.value.cursor);
  if (!after.ok) return after;
  const { limit = EXPORT_ROWS } = asked.value;
  const rows = await deps.exportGovernanceEvents({ tenantId: principal.tenantId, after: after.value, limit });
  if (!rows.ok) return rows;
  const isLast = rows.value.length < limit;
  const cursor = toNextCursor(rows.value.at(-1) ?? after.value, { isLast, nowMs: deps.nowMs() });
  const events = rows.value.map(({ tenantId: _, ...event }) => event);
  return ok({ written: linesResponse(toNdjson(events), cursor) });
};
