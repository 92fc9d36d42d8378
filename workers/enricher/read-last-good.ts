import { ok, type Result } from "../../shared/base/result.ts";
import type { SourceState } from "../platform/d1/source-states-store.ts";
import type { FetchSourceDeps } from "./fetch-source.ts";
import { readKeptBody } from "./kept-body.ts";
import { type SourcePage, type SourcePlan, type SourceReading, toOrigin } from "./source-plan.ts";

export interface LastGood {
  readonly reading: SourceReading;
  /** Edition the bodies belong to, which need not be the one that is asked for now. */
  readonly release: string;
  readonly goodAtMs: number;
}

/**
 * What a source's last good bodies say, read by today's parser; null where there never was one. Faults: unavailable;
 * malformed_data when a body is gone or changed, or cannot be read any more.
 */
export async function readLastGood(
  { plan, state }: { readonly plan: SourcePlan; readonly state: SourceState | null },
  deps: Pick<FetchSourceDeps, "readBody">,
): Promise<Result<LastGood | null>> {
  if (state === null || state.goodAtMs === null) return ok(null);
  const { release, goodAtMs, files } = state;
  const pages: SourcePage[] = [];
  for (const file of files) {
    const bytes = await readKeptBody(file, deps);
    if (!bytes.ok) return bytes;
    // The address is only of use to find a next page, and there is none to find.
    const texts = await plan.unpack({ part: file.part, url: "", bytes: bytes.value }, plan.limits.pageBytes);
    if (!texts.ok) return texts;
    pages.push(...texts.value);
  }
  const reading = plan.parse(pages, toOrigin(plan, release, goodAtMs));
  return reading.ok ? ok({ reading: reading.value, release, goodAtMs }) : reading;
}
