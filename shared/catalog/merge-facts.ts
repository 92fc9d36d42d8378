import type { ModelFacts } from "./sources/model-facts.ts";

/**
 * The list of models: the market's own where it was read, completed by a second list where it says nothing; the second
 * alone where the first was never read. A model that only the second knows is not offered by the first, and left out.
 */
export function mergeFacts(listed: readonly ModelFacts[], second: readonly ModelFacts[]): readonly ModelFacts[] {
  if (listed.length === 0) return second;
  const byId = new Map(second.map((facts) => [facts.id, facts]));
  return listed.map((facts) => complete(facts, byId.get(facts.id)));
}

/** Whatever else the market states (its slug, the weights' home) stays: names are resolved by it. */
function complete(facts: ModelFacts, other: ModelFacts | undefined): ModelFacts {
  return {
    ...facts,
    maxOutputTokens: facts.maxOutputTokens ?? other?.maxOutputTokens ?? null,
    releaseDate: facts.releaseDate ?? other?.releaseDate ?? null,
  };
}
