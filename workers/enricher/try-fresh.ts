import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { SourceFile, SourceState } from "../platform/d1/source-states-store.ts";
import { type FetchedFile, type FetchedSource, type FetchSourceDeps, fetchSource } from "./fetch-source.ts";
import { type SourcePlan, type SourceReading, toOrigin } from "./source-plan.ts";

export interface TryFreshDeps extends FetchSourceDeps {
  readonly saveBody: (body: Pick<FetchedFile, "sha256" | "bytes">) => Promise<Result<void>>;
  readonly saveSuccess: (
    state: Pick<SourceState, "source" | "release" | "files"> & { readonly atMs: number },
  ) => Promise<Result<void>>;
  readonly saveFailure: (failure: {
    readonly source: string;
    readonly atMs: number;
    readonly notBeforeMs: number | null;
    readonly faultKind: string;
    readonly faultDetail: string;
  }) => Promise<Result<void>>;
}

interface Try {
  readonly plan: SourcePlan;
  readonly state: SourceState | null;
  /** When this attempt began. */
  readonly atMs: number;
}

/** What was read; `fault` says that the bodies could not be kept. */
export type Fresh = SourceReading & { readonly fault: Fault | null };

const SECOND_MS = 1_000;

/**
 * One source fetched, parsed, and kept as its last good bodies. A source that asked to be left alone until later is not
 * called before. Faults: those of fetchSource() and of the parser; the failure is noted in the source's state.
 */
export async function tryFresh(input: Try, deps: TryFreshDeps): Promise<Result<Fresh>> {
  const { plan, state, atMs } = input;
  const waitMs = (state?.notBeforeMs ?? 0) - atMs;
  if (waitMs > 0) return fail({ kind: "rate_limited", retryAfterS: Math.ceil(waitMs / SECOND_MS) });
  const got = await fetchAndParse(input, deps);
  if (got.ok) {
    const kept = await keep(got.value.fetched, input, deps);
    return ok({ ...got.value.reading, fault: kept.ok ? null : kept.fault });
  }
  const { fault } = got;
  const notBeforeMs = fault.kind === "rate_limited" ? deps.nowMs() + fault.retryAfterS * SECOND_MS : null;
  // Where even this note fails the caller still has the fault, and the next attempt finds the state of the one before.
  await deps.saveFailure({
    source: plan.source,
    atMs,
    notBeforeMs,
    faultKind: fault.kind,
    faultDetail: toNote(fault),
  });
  return got;
}

const toNote = (fault: Fault): string =>
  fault.kind === "not_found" ? fault.id : fault.kind === "forbidden" ? fault.message : toDetail(fault);

interface Read {
  readonly fetched: FetchedSource;
  readonly reading: SourceReading;
}

async function fetchAndParse({ plan, state, atMs }: Try, deps: TryFreshDeps): Promise<Result<Read>> {
  const origin = toOrigin(plan, plan.release, atMs);
  const read = async (kept: readonly SourceFile[]): Promise<Result<Read>> => {
    const fetched = await fetchSource({ plan, origin, kept }, deps);
    if (!fetched.ok) return fetched;
    const reading = plan.parse(fetched.value.pages, origin);
    return reading.ok ? ok({ fetched: fetched.value, reading: reading.value }) : reading;
  };
  const kept = state?.release === plan.release ? state.files.filter(({ etag }) => etag !== null) : [];
  const first = await read(kept);
  // Kept pages may not fit new ones or a newer parser, and would for ever: the source is asked once without conditions.
  return !first.ok && first.fault.kind === "malformed_data" && kept.length > 0 ? read([]) : first;
}

/** Bodies first, then the row that names them: cut off in between, the row still names the old ones. */
async function keep({ files }: FetchedSource, { plan, atMs }: Try, deps: TryFreshDeps): Promise<Result<void>> {
  for (const { sha256, bytes, isKept } of files) {
    const saved = isKept ? ok(undefined) : await deps.saveBody({ sha256, bytes });
    if (!saved.ok) return saved;
  }
  const rows = files.map(({ part, urlSha256, etag, sha256, sizeBytes }) => ({
    part,
    urlSha256,
    etag,
    sha256,
    sizeBytes,
  }));
  return deps.saveSuccess({ source: plan.source, release: plan.release, files: rows, atMs });
}
