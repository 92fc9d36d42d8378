import type { CatalogOverride } from "./build.ts";
import type { ModelFacts } from "./sources/model-facts.ts";

/** A correction with its end: no correction outlives the reason it was made for unseen. */
export interface DatedOverride extends CatalogOverride {
  /** Last ISO day it counts on; null = for as long as the entry exists. */
  readonly expires: string | null;
}

/** An override that had no effect. */
export interface IdleOverride {
  readonly id: string;
  readonly reason: string;
  /** expired: its last day is over. unknown_id: no source lists the model. */
  readonly why: "expired" | "unknown_id";
  readonly expires: string | null;
}

/** Which overrides count on `today` (ISO day), and which do not and why. Where two name one model the last one counts. */
export function sortOverrides(
  overrides: readonly DatedOverride[],
  { today, facts }: { readonly today: string; readonly facts: readonly ModelFacts[] },
): { readonly live: readonly CatalogOverride[]; readonly idle: readonly IdleOverride[] } {
  const ids = new Set(facts.map(({ id }) => id));
  const whyIdle = ({ id, expires }: DatedOverride): IdleOverride["why"] | null =>
    expires !== null && expires < today ? "expired" : ids.has(id) ? null : "unknown_id";
  return {
    live: overrides
      .filter((override) => whyIdle(override) === null)
      .map(({ id, reason, set }) => ({ id, reason, set })),
    idle: overrides.flatMap((override) => {
      const why = whyIdle(override);
      return why === null ? [] : [{ id: override.id, reason: override.reason, why, expires: override.expires }];
    }),
  };
}
