import { toGuardText } from "../../shared/catalog/guards.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";

export interface HeldBack {
  readonly version: string;
  readonly atMs: number;
  readonly reasons: readonly string[];
}

/** What the newest refresh held back over the catalogue that is served; null when nothing waits. */
export function toHeldBack(refresh: CatalogRefresh | null, servedVersion: string): HeldBack | null {
  if (refresh?.outcome !== "held_back" || refresh.version !== servedVersion || refresh.report === null) return null;
  const { candidate, guards } = refresh.report;
  return candidate === null ? null : { version: candidate, atMs: refresh.atMs, reasons: guards.map(toGuardText) };
}
