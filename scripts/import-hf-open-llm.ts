import { toDetail } from "../shared/base/fault.ts";
import { ok, type Result } from "../shared/base/result.ts";
import { type FetchedFile, fetchSource } from "../workers/enricher/fetch-source.ts";
import { HF_PARTS, hfOpenLlmPlan } from "../workers/enricher/hf-open-llm-plan.ts";
import { bodyKey } from "../workers/enricher/kept-body.ts";
import { toOrigin } from "../workers/enricher/source-plan.ts";
import { sha256Hex } from "../workers/platform/crypto.ts";
import type { SourceState } from "../workers/platform/d1/source-states-store.ts";
import { sendOutside } from "../workers/platform/egress.ts";
import { UsageError } from "./host/usage-error.ts";

/** A file of the board as it lies on disk. */
export interface BoardFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where an import goes to. */
export interface ImportTarget {
  readonly saveBody: (body: { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> }) => Promise<Result<void>>;
  readonly saveState: (
    state: Pick<SourceState, "source" | "release" | "files"> & { readonly atMs: number },
  ) => Promise<Result<void>>;
}

type Kept = Omit<FetchedFile, "isKept">;

function valueOrThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new UsageError(`Cannot import the board: ${toDetail(result.fault)}`);
  return result.value;
}

/** The board's bodies from its own address, page by page. Throws a UsageError. */
export async function fetchBoard(nowMs: () => number): Promise<readonly Kept[]> {
  const plan = hfOpenLlmPlan();
  const readBody = async () => ok(null);
  const deps = { fetch: sendOutside, allowLoopbackHttp: false, nowMs, readBody };
  const origin = toOrigin(plan, plan.release, nowMs());
  return valueOrThrow(await fetchSource({ plan, origin, kept: [] }, deps)).files;
}

/** The board's bodies from files: one CSV, or pages of rows. */
export async function readBoard(files: readonly BoardFile[]): Promise<readonly Kept[]> {
  return Promise.all(
    files.map(async ({ name, bytes }): Promise<Kept> => {
      const part = name.endsWith(".csv") ? HF_PARTS.csv : HF_PARTS.rows;
      const [urlSha256, sha256] = [await sha256Hex(name), await sha256Hex(bytes)];
      return { part, urlSha256, etag: null, sha256, sizeBytes: bytes.length, bytes };
    }),
  );
}

/**
 * Keeps the bodies as the last good ones of `hf_open_llm`, which every later refresh reads: bodies first, then the row
 * that names them, and neither unless the adapter takes them all. How many scores they hold. Throws a UsageError.
 */
export async function importBoard(
  { bodies, atMs }: { readonly bodies: readonly Kept[]; readonly atMs: number },
  target: ImportTarget,
): Promise<{ readonly scores: number; readonly rejected: number }> {
  const plan = hfOpenLlmPlan();
  if (bodies.length > 1 && bodies.some(({ part }) => part === HF_PARTS.csv))
    throw new UsageError("Cannot import the board: expected one CSV file alone, or pages of rows alone.");
  const texts = await Promise.all(bodies.map((body) => plan.unpack({ ...body, url: "" }, plan.limits.pageBytes)));
  const reading = valueOrThrow(plan.parse(texts.flatMap(valueOrThrow), toOrigin(plan, plan.release, atMs)));
  for (const { sha256, bytes } of bodies) valueOrThrow(await target.saveBody({ key: bodyKey(sha256), bytes }));
  const files = bodies.map(({ bytes: _, ...file }) => file);
  valueOrThrow(await target.saveState({ source: plan.source, release: plan.release, files, atMs }));
  return { scores: reading.rows.scores.length, rejected: reading.rejected.length };
}
