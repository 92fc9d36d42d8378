import { fail, type Result } from "../../shared/base/result.ts";
import type { SpeedRow } from "../../shared/catalog/sources/artificial-analysis.ts";
import type { ModelFacts } from "../../shared/catalog/sources/model-facts.ts";
import type { OpenRouterModel } from "../../shared/catalog/sources/openrouter-model.ts";
import type { BenchmarkRow, Reject, SourceOrigin } from "../../shared/catalog/sources/source.ts";

/** A body, or a file out of one, as text. */
export interface SourcePage {
  readonly part: string;
  readonly url: string;
  readonly text: string;
}

/** What one source said, by kind; a kind that it does not tell is empty. */
export interface SourceRows {
  readonly facts: readonly ModelFacts[];
  /** Model facts of OpenRouter's list, with what only that list says. */
  readonly listed: readonly OpenRouterModel[];
  readonly scores: readonly BenchmarkRow[];
  readonly speeds: readonly SpeedRow[];
}

export const NO_ROWS: SourceRows = { facts: [], listed: [], scores: [], speeds: [] };

export interface SourceReading {
  readonly rows: SourceRows;
  readonly rejected: readonly Reject[];
}

export interface SourceLimits {
  readonly maxPages: number;
  /** Of one body, unpacked. */
  readonly pageBytes: number;
  /** Of all bodies together. */
  readonly totalBytes: number;
  /** For one request, the last byte included. */
  readonly requestMs: number;
  /** For the whole source, retries and waits included. */
  readonly totalMs: number;
}

/** How one source is fetched and read: data, but for the four functions that know its format. */
export interface SourcePlan {
  /** Key of its stored state; a plan reads rows of one board or list. */
  readonly source: string;
  /** Edition of the board, part of the column keys. */
  readonly release: string;
  /** Addresses that are known beforehand, each with the name of its part. */
  readonly starts: readonly { readonly part: string; readonly url: string }[];
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: SourceLimits;
  /** Why it is not asked at all; null = it is. */
  readonly off: string | null;
  /** Bodies come by an import of hand alone: it is never asked, and what was imported is read. */
  readonly isImported?: true;
  /** A body as the texts in it. */
  readonly unpack: (body: Body, limitBytes: number) => Promise<Result<readonly SourcePage[]>>;
  /** Address of the page after this one, null after the last. */
  readonly toNext: (page: SourcePage, origin: SourceOrigin) => Result<string | null>;
  readonly parse: (pages: readonly SourcePage[], origin: SourceOrigin) => Result<SourceReading>;
}

export interface Body {
  readonly part: string;
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A source that cannot be used as it is: `detail` says why, for the log. */
export const refuseSource = (plan: Pick<SourcePlan, "source">, detail: string): Result<never> =>
  fail({ kind: "malformed_data", what: `source ${plan.source}`, detail });

/** Where rows came from, for a body of that day. */
export const toOrigin = (plan: Pick<SourcePlan, "source">, release: string, atMs: number): SourceOrigin => ({
  name: plan.source,
  release,
  retrieved: new Date(atMs).toISOString().slice(0, 10),
});
