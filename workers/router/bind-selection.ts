import { ok, type Result } from "../../shared/base/result.ts";
import { toModelBody } from "../../shared/contract/models.ts";
import type { FeedbackObservation } from "../../shared/policy/feedback.ts";
import { buildRankList } from "../../shared/policy/rank-list.ts";
import { makeCategoryScorer } from "../../shared/policy/score-categories.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { modelBodiesMemo, type RankWorld, rankListMemo, rankWorldMemo } from "../platform/memo.ts";
import type { SelectionDeps } from "./selection-deps.ts";
import { readCurrentCatalog, readPolicy } from "./world.ts";

interface Sources {
  readonly db: Db;
  readonly nowMs: () => number;
  readonly readFeedback: (tenantId: string) => Promise<Result<readonly FeedbackObservation[]>>;
}

async function readRankWorld(tenantId: string, { db, readFeedback }: Sources): Promise<Result<RankWorld>> {
  const [catalog, policy, feedback] = await Promise.all([
    readCurrentCatalog(db),
    readPolicy(db, tenantId),
    readFeedback(tenantId),
  ]);
  if (!catalog.ok) return catalog;
  if (!policy.ok) return policy;
  return feedback.ok ? ok({ catalog: catalog.value, policy: policy.value, feedback: feedback.value }) : feedback;
}

/** Binds what pick, recommend, compare and models read to the database and the memo. */
export const bindSelection = (sources: Sources): SelectionDeps => ({
  readRankWorld: (tenantId) => rankWorldMemo.recall(tenantId, sources.nowMs(), () => readRankWorld(tenantId, sources)),
  recallRankList: (catalog, mix) =>
    rankListMemo.recall(`${catalog.version} ${mix.key}`, async () => ok(buildRankList(catalog, mix))),
  recallModelBodies: (catalog) =>
    modelBodiesMemo.recall(catalog.version, async () => {
      const scoresOf = makeCategoryScorer(catalog);
      const { generatedAt, models } = catalog;
      return ok(models.map((model) => toModelBody(model, { scores: scoresOf(model), generatedAt })));
    }),
  forgetTenant: (tenantId) => rankWorldMemo.forget(tenantId),
});
