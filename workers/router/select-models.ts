import { ok, type Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import { toKeptTags } from "../../shared/contract/kept-tags.ts";
import { type RecommendRequest, toNeeds } from "../../shared/contract/selection.ts";
import { rankByScore } from "../../shared/policy/decide.ts";
import { PLAIN_REQUEST, type ProviderState } from "../../shared/policy/decision.ts";
import { type ContextTags, type DomainMix, readContextTags, toDomainMix } from "../../shared/policy/domain-mix.ts";
import { sumFeedback } from "../../shared/policy/feedback.ts";
import { toLowerBand } from "../../shared/policy/lower-band.ts";
import type { Band, Policy } from "../../shared/policy/policy.ts";
import type { Ranking } from "../../shared/policy/ranking.ts";
import type { VersionedPolicy } from "./deps.ts";
import type { Classifier } from "./inference/classifier.ts";
import { readSubject, type Subject } from "./read-subject.ts";
import type { SelectionDeps } from "./selection-deps.ts";

export interface SelectCommand {
  readonly tenantId: string;
  readonly body: RecommendRequest;
  readonly count: number;
}

/** What was asked for, as it was understood; known also where no model fits. */
export interface Asked {
  readonly subject: Subject;
  readonly band: Band;
  /** The ceiling that held: the band, or the saved policy's where that is lower. */
  readonly ceiling: Band;
  /** As given, in lower case; null where no context was given. */
  readonly contextTags: readonly string[] | null;
  readonly tags: ContextTags;
  readonly catalog: Catalog;
  /** Of the category, with and without what the tags moved. */
  readonly mix: DomainMix;
  readonly plainMix: DomainMix;
}

export interface Selected {
  readonly asked: Asked;
  /** Fault: no_candidates. */
  readonly ranking: Result<Ranking>;
}

/** Filled by the executor once it calls providers; until then nothing is known to be limited. */
const NO_PROVIDER_STATE: ProviderState = { excluded: [], penalties: [] };

/** The band of the shipped policy is what route decides under unasked; a budget that is asked for here goes above it. */
export const toRankPolicy = ({ version, policy }: VersionedPolicy): Policy =>
  version === 0 ? { ...policy, band: "any" } : policy;

/**
 * The spine of pick and recommend: task -> category -> mix of abilities -> list made ahead -> filters and feedback on
 * top (objective `score`).
 */
export async function selectModels(
  { tenantId, body, count }: SelectCommand,
  deps: SelectionDeps & { readonly classifier: Classifier },
): Promise<Result<Selected>> {
  const [world, subject] = await Promise.all([deps.readRankWorld(tenantId), readSubject(body, deps.classifier)]);
  if (!world.ok) return world;
  if (!subject.ok) return subject;
  const { catalog, policy, feedback } = world.value;
  const { category, classification } = subject.value;
  const tags = readContextTags(body.context ?? []);
  const mix = toDomainMix(category, tags);
  const list = await deps.recallRankList(catalog, mix);
  if (!list.ok) return list;
  const band = body.budget ?? "medium";
  const needs = [...new Set([...toNeeds(body.require), ...tags.needs, ...subject.value.needs])];
  const constraints = {
    ...PLAIN_REQUEST.constraints,
    exclude: body.exclude ?? [],
    minContextTokens: body.minContext ?? null,
  };
  const rankPolicy = toRankPolicy(policy);
  const ranking = rankByScore({
    list: list.value,
    classification,
    policy: rankPolicy,
    request: { ...PLAIN_REQUEST, band, needs, constraints },
    providerState: NO_PROVIDER_STATE,
    governance: null,
    feedback: sumFeedback(feedback, { category, tags: toKeptTags(body.context ?? []) }),
    count,
  });
  const plainMix = toDomainMix(category, { acting: [], needs: [] });
  const understood = { subject: subject.value, band, ceiling: toLowerBand(rankPolicy.band, band), tags };
  const asked = { ...understood, contextTags: body.context ?? null, catalog, mix, plainMix };
  return ok({ asked, ranking });
}
