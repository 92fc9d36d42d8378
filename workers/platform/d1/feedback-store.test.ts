import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { PARAMETERS } from "../../../shared/policy/parameters.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import {
  communityQuery,
  readCommunityScores,
  type SharedRating,
  saveCommunityReport,
  toCommunityObservations,
} from "./feedback-community-store.ts";
import { type NewRating, ratingsQuery, saveRating, toRatingRows } from "./feedback-ratings-store.ts";
import { type NewSpawn, readSpawnGroups, saveSpawn } from "./feedback-spawns-store.ts";
import type { Db } from "./open-db.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const DAY_MS = 86_400_000;
const NOW_MS = 1_000 * DAY_MS;
const HALF_LIFE_MS = PARAMETERS.outcomes.halfLifeDays * DAY_MS;

let made = 0;
const rating = (over: Partial<NewRating> = {}): NewRating => {
  made += 1;
  return {
    id: `rat_${made}`,
    tenantId: "t1",
    clientId: null,
    modelId: "a/x",
    category: "coding",
    rating: 5,
    y: 1,
    predictedP: 0.5,
    tags: ["rust"],
    createdAtMs: NOW_MS,
    createdBy: "key_1",
    ...over,
  };
};

const save = (row: NewRating, isShared = false) =>
  saveRating(db, { rating: row, isShared, keepSinceMs: NOW_MS - DAY_MS });
const ratingsOf = async (tenantId: string) => unwrap(toRatingRows(await ratingsQuery(db, { tenantId, sinceMs: 0 })));

describe("saveRating()", () => {
  test("keeps a rating with its tags, for its tenant alone", async () => {
    unwrap(await save(rating({ tenantId: "r1" })));
    expect(await ratingsOf("r1")).toEqual([
      { modelId: "a/x", category: "coding", y: 1, predictedP: 0.5, tags: ["rust"], createdAtMs: NOW_MS },
    ]);
    expect(await ratingsOf("r2")).toEqual([]);
  });

  test("counts a repeated client id once, and refuses it for another rating", async () => {
    unwrap(await save(rating({ tenantId: "r3", clientId: "e1" }), true));
    unwrap(await save(rating({ tenantId: "r3", clientId: "e1" }), true));
    expect(faultOf(await save(rating({ tenantId: "r3", clientId: "e1", rating: 1, y: 0 }))).kind).toBe("conflict");
    unwrap(await save(rating({ tenantId: "r4", clientId: "e1" })));
    expect(await ratingsOf("r3")).toHaveLength(1);
    const stored = await env.DB.prepare("select ratings from community_scores where tenant_id = 'r3'").all();
    expect(stored.results).toEqual([{ ratings: 1 }]);
  });

  test("takes a few rows past the window away with each write", async () => {
    unwrap(await save(rating({ tenantId: "r5", createdAtMs: NOW_MS - 3 * DAY_MS })));
    unwrap(await save(rating({ tenantId: "r5" })));
    expect(await ratingsOf("r5")).toHaveLength(1);
  });
});

const shared = (over: Partial<SharedRating> = {}): SharedRating => ({
  tenantId: "c1",
  modelId: "a/x",
  category: "coding",
  rating: 1,
  y: 0,
  predictedP: 0.6,
  instanceSha256: null,
  createdAtMs: NOW_MS,
  ...over,
});

async function communityOf(modelId: string, without: readonly string[] = ["me", "anonymous"], nowMs = NOW_MS) {
  const rows = await communityQuery(db, { without, nowMs, sinceMs: 0 });
  return unwrap(toCommunityObservations(rows)).filter((row) => row.modelId === modelId);
}

describe("community", () => {
  test("caps the weight of one contributor, however much it reports and under whatever instance", async () => {
    for (let i = 0; i < 30; i += 1)
      unwrap(await saveCommunityReport(db, shared({ modelId: "a/cap", instanceSha256: `i${i}` })));
    const [one] = await communityOf("a/cap");
    expect(one).toMatchObject({ y: 0, weight: PARAMETERS.feedback.community.contributorWeightMax, count: 30 });
    expect(one?.predictedP).toBeCloseTo(0.6, 9);
    unwrap(await saveCommunityReport(db, shared({ modelId: "a/cap", tenantId: "c2", y: 1, rating: 5 })));
    const [two] = await communityOf("a/cap");
    expect(two).toMatchObject({ y: 0.5, weight: 2 });
  });

  test("leaves out the asking tenant's own reports and those without a key", async () => {
    unwrap(await saveCommunityReport(db, shared({ modelId: "a/own", tenantId: "me" })));
    unwrap(await saveCommunityReport(db, shared({ modelId: "a/own", tenantId: "anonymous" })));
    expect(await communityOf("a/own")).toEqual([]);
  });

  test("lets reports fade with age, also those of one contributor among themselves", async () => {
    unwrap(await saveCommunityReport(db, shared({ modelId: "a/old", createdAtMs: NOW_MS - HALF_LIFE_MS })));
    expect((await communityOf("a/old"))[0]?.weight).toBeCloseTo(0.5, 9);
    unwrap(await saveCommunityReport(db, shared({ modelId: "a/old", y: 1, rating: 5 })));
    expect((await communityOf("a/old"))[0]?.y).toBeCloseTo(1 / 1.5, 9);
  });

  test("takes 100 reports an hour of a tenant and says when the next may come", async () => {
    const report = (createdAtMs: number) => saveCommunityReport(db, shared({ tenantId: "busy", createdAtMs }));
    const answers = await Promise.all(Array.from({ length: 105 }, () => report(NOW_MS + 1_000)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(PARAMETERS.feedback.community.reportsPerHour);
    expect(faultOf(await report(NOW_MS + 1_000))).toEqual({ kind: "rate_limited", retryAfterS: 3_599 });
    unwrap(await report(NOW_MS + 3_600_000));
    const row = await env.DB.prepare("select ratings from community_scores where tenant_id = 'busy'").first();
    expect(row).toEqual({ ratings: 101 });
  });

  test("counts ratings and contributors for the scores", async () => {
    for (const tenantId of ["s1", "s2", "anonymous"])
      unwrap(await saveCommunityReport(db, shared({ modelId: "a/scores", tenantId, rating: 4, category: "vision" })));
    const read = async (minRatings: number, without: readonly string[]) =>
      unwrap(await readCommunityScores(db, { without, sinceMs: 0, category: "vision", minRatings }));
    const keyed = { modelId: "a/scores", category: "vision", ratings: 2, ratingSum: 8, contributors: 2 };
    expect(await read(2, ["anonymous"])).toEqual([keyed]);
    expect(await read(3, ["anonymous"])).toEqual([]);
    expect(await read(3, [])).toMatchObject([{ ratings: 3, contributors: 3 }]);
  });
});

const spawn = (over: Partial<NewSpawn> = {}): NewSpawn => {
  made += 1;
  return {
    id: `spn_${made}`,
    tenantId: "l1",
    clientId: null,
    modelId: "a/x",
    category: "coding",
    budget: "medium",
    mode: "single",
    role: "primary",
    source: "api",
    tags: [],
    promptMicroUsdPerMillion: 1,
    completionMicroUsdPerMillion: 2,
    taskMicroUsd: 100_000,
    referenceMicroUsd: 900_000,
    createdAtMs: NOW_MS,
    createdBy: "key_1",
    ...over,
  };
};
const log = (row: NewSpawn) => saveSpawn(db, { spawn: row, keepSinceMs: 0 });

describe("readSpawnGroups()", () => {
  test("counts alike spawns together, and money of those with a price alone", async () => {
    unwrap(await log(spawn()));
    unwrap(await log(spawn({ role: "plan_step_1" })));
    unwrap(await log(spawn({ taskMicroUsd: null })));
    unwrap(await log(spawn({ createdAtMs: NOW_MS - DAY_MS, mode: "cascade", role: "cascade_cheap" })));
    unwrap(await log(spawn({ tenantId: "l2" })));
    const groups = unwrap(await readSpawnGroups(db, { tenantId: "l1", sinceMs: NOW_MS - 7 * DAY_MS }));
    const alike = {
      modelId: "a/x",
      category: "coding",
      priced: 2,
      taskMicroUsd: 200_000,
      referenceMicroUsd: 1_800_000,
    };
    expect(groups).toHaveLength(2);
    expect(groups).toContainEqual({ ...alike, day: "1972-09-27", mode: "single", part: "other", count: 3 });
    expect(groups).toContainEqual(
      expect.objectContaining({ day: "1972-09-26", mode: "cascade", part: "cascade_cheap", count: 1 }),
    );
  });

  test("keeps to the window to the millisecond", async () => {
    unwrap(await log(spawn({ tenantId: "l3" })));
    const count = async (sinceMs: number) => unwrap(await readSpawnGroups(db, { tenantId: "l3", sinceMs })).length;
    expect([await count(NOW_MS), await count(NOW_MS + 1)]).toEqual([1, 0]);
  });

  test("logs a repeated client id once and refuses it for another spawn", async () => {
    unwrap(await log(spawn({ tenantId: "l4", clientId: "e1" })));
    unwrap(await log(spawn({ tenantId: "l4", clientId: "e1" })));
    expect(faultOf(await log(spawn({ tenantId: "l4", clientId: "e1", modelId: "b/y" }))).kind).toBe("conflict");
    expect(unwrap(await readSpawnGroups(db, { tenantId: "l4", sinceMs: 0 }))[0]?.count).toBe(1);
  });
});
