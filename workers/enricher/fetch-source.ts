import { ok, type Result } from "../../shared/base/result.ts";
import type { SourceOrigin } from "../../shared/catalog/sources/source.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { SourceFile } from "../platform/d1/source-states-store.ts";
import { type FetchDeps, fetchPage, type PageAnswer } from "./fetch-page.ts";
import { readKeptBody } from "./kept-body.ts";
import { refuseSource, type SourcePage, type SourcePlan } from "./source-plan.ts";

export interface FetchSourceDeps extends FetchDeps {
  /** A kept body by its digest; null when it is gone. */
  readonly readBody: (file: Pick<SourceFile, "sha256" | "sizeBytes">) => Promise<Result<ArrayBuffer | null>>;
}

export interface FetchedFile extends SourceFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the source said that the kept body still holds. */
  readonly isKept: boolean;
}

export interface FetchedSource {
  readonly files: readonly FetchedFile[];
  readonly pages: readonly SourcePage[];
}

/** Where a walk stands. */
interface Walk {
  readonly plan: SourcePlan;
  readonly origin: SourceOrigin;
  readonly kept: readonly SourceFile[];
  readonly deadlineMs: number;
  readonly files: FetchedFile[];
  readonly pages: SourcePage[];
}

/**
 * All pages of a source, or a fault: never a part of them. Bodies in hand (`kept`) are asked for by their ETag and read
 * from storage when they still hold; where the stored body is gone or broken the page is fetched whole. Nothing is
 * saved here, since only a body that its parser takes is a good one. Faults: those of fetchPage(); malformed_data for
 * too many pages or bytes, a link that leads in a circle or to another host, a text that is not UTF-8.
 */
export async function fetchSource(
  input: { readonly plan: SourcePlan; readonly origin: SourceOrigin; readonly kept: readonly SourceFile[] },
  deps: FetchSourceDeps,
): Promise<Result<FetchedSource>> {
  const walk: Walk = { ...input, deadlineMs: deps.nowMs() + input.plan.limits.totalMs, files: [], pages: [] };
  for (const start of walk.plan.starts) {
    const seen = new Set<string>();
    let url: string | null = start.url;
    while (url !== null) {
      if (seen.has(url)) return refuseSource(walk.plan, "links.next: leads in a circle");
      seen.add(url);
      const next: Result<string | null> = await takePage({ part: start.part, url }, walk, deps);
      if (!next.ok) return next;
      url = next.value;
    }
  }
  return ok({ files: walk.files, pages: walk.pages });
}

/** Fetches one page into the walk; the address of the next one. */
async function takePage(
  at: { readonly part: string; readonly url: string },
  walk: Walk,
  deps: FetchSourceDeps,
): Promise<Result<string | null>> {
  const { plan, origin, files, pages } = walk;
  const { maxPages, pageBytes, totalBytes } = plan.limits;
  if (files.length >= maxPages) return refuseSource(plan, `more than ${maxPages} pages`);
  const file = await fetchFile(at, walk, deps);
  if (!file.ok) return file;
  files.push(file.value);
  const sizeBytes = files.reduce((sum, one) => sum + one.sizeBytes, 0);
  if (sizeBytes > totalBytes) return refuseSource(plan, `more than ${totalBytes} bytes in all`);
  const texts = await plan.unpack({ ...at, bytes: file.value.bytes }, pageBytes);
  if (!texts.ok) return texts;
  pages.push(...texts.value);
  const [first] = texts.value;
  return first === undefined ? ok(null) : plan.toNext(first, origin);
}

async function fetchFile(
  { part, url }: { readonly part: string; readonly url: string },
  { plan, kept, deadlineMs }: Walk,
  deps: FetchSourceDeps,
): Promise<Result<FetchedFile>> {
  const urlSha256 = await sha256Hex(url);
  const held = kept.find((file) => file.part === part && file.urlSha256 === urlSha256 && file.etag !== null);
  const ask = (etag: string | null): Promise<Result<PageAnswer>> =>
    fetchPage({ url, etag, deadlineMs, ...toAsked(plan) }, deps);
  const first = await ask(held?.etag ?? null);
  if (!first.ok) return first;
  if (first.value === null && held !== undefined) {
    const bytes = await readKeptBody(held, deps);
    if (bytes.ok) return ok({ ...held, bytes: bytes.value, isKept: true });
  }
  const answer = first.value === null ? await ask(null) : first;
  if (!answer.ok) return answer;
  if (answer.value === null) return refuseSource(plan, "answered 304 to a request without a condition");
  const { bytes, etag } = answer.value;
  return ok({ part, urlSha256, etag, sha256: await sha256Hex(bytes), sizeBytes: bytes.length, bytes, isKept: false });
}

/** What is the same for every page: a source is only ever asked at the hosts of its own addresses. */
const toAsked = ({ starts, headers, limits }: SourcePlan) => ({
  headers,
  allowedHosts: starts.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).host] : [])),
  limitBytes: limits.pageBytes,
  requestMs: limits.requestMs,
});
