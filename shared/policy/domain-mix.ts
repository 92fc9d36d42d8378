import type { Domain } from "../catalog/model.ts";
import type { Category } from "../task/labels.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Need } from "./policy.ts";

/** What rows are scored by: shares of abilities and of thrift that sum to 1. */
export interface DomainMix {
  /** In the order of the domains' names; each share above 0. */
  readonly domains: readonly (readonly [Domain, number])[];
  readonly thrift: number;
  /** True where the context window comes first and the score decides between equal windows. */
  readonly byWindow: boolean;
  /** Equal for equal mixes. */
  readonly key: string;
}

/** What the context tags of a request ask for. */
export interface ContextTags {
  /** Those that move weight to a domain, in the order given. */
  readonly acting: readonly string[];
  /** Those that ask for a capability. */
  readonly needs: readonly Need[];
  /** Those that no table knows. */
  readonly ignored: readonly string[];
}

/** Tags that are filters, and what they ask for. */
const NEED_OF_TAG: ReadonlyMap<string, Need> = new Map([
  ["vision", "vision"],
  ["long-context", "long-context"],
]);

/** Sorts the tags by what they do; tags are lower-case and distinct. */
export function readContextTags(tags: readonly string[]): ContextTags {
  const { domains } = PARAMETERS.contextTags;
  return {
    acting: tags.filter((tag) => domains.has(tag)),
    needs: tags.flatMap((tag) => NEED_OF_TAG.get(tag) ?? []),
    ignored: tags.filter((tag) => !domains.has(tag) && !NEED_OF_TAG.has(tag)),
  };
}

/**
 * The mix of a category with the tags that act on it. Each tag hands its share to the domain that speaks for it, up to
 * a bound that the tags then divide; what the category was scored by keeps the rest, in its own proportions.
 */
export function toDomainMix(category: Category, { acting, needs }: Pick<ContextTags, "acting" | "needs">): DomainMix {
  const { sharePerTag, shareMax, domains: domainOfTag } = PARAMETERS.contextTags;
  const own = PARAMETERS.categories.mixes[category];
  const handed = Math.min(sharePerTag * acting.length, shareMax);
  const shares = new Map<Domain, number>();
  const add = (domain: Domain, share: number) => shares.set(domain, (shares.get(domain) ?? 0) + share);
  // A Domain by the type of the table; Object.entries only forgets it.
  for (const [domain, share] of Object.entries(own.domains) as [Domain, number][]) add(domain, share * (1 - handed));
  for (const tag of acting) {
    const domain = domainOfTag.get(tag);
    if (domain !== undefined) add(domain, handed / acting.length);
  }
  const domains = [...shares].sort(([a], [b]) => (a < b ? -1 : 1));
  const thrift = own.thrift * (1 - handed);
  const byWindow = needs.includes("long-context");
  const words = [...domains.map(([domain, share]) => `${domain} ${share.toFixed(4)}`), thrift.toFixed(4), byWindow];
  return { domains, thrift, byWindow, key: words.join(", ") };
}
