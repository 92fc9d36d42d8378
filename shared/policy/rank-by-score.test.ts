import { describe, expect, it } from "vitest";
import type { Catalog } from "../catalog/model.ts";
import type { Category } from "../task/labels.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { rankByScore } from "./decide.ts";
import { PLAIN_REQUEST } from "./decision.ts";
import { readContextTags, toDomainMix } from "./domain-mix.ts";
import type { FeedbackSum } from "./feedback.ts";
import { PARAMETERS } from "./parameters.ts";
import { BANDS, defaultPolicy } from "./policy.ts";
import { buildRankList, compareScored } from "./rank-list.ts";
import type { RankInput, Ranking } from "./ranking.ts";
import { type MadeRow, toCatalog, toRequest } from "./testing/made-input.ts";
import { chance, oneFrom, type Random, randomCatalog, shuffled, toRandom } from "./testing/random-catalog.ts";
import { randomPolicy, randomRequest } from "./testing/random-input.ts";

interface Made extends Partial<Omit<RankInput, "list">> {
  readonly category?: Category;
  readonly tags?: readonly string[];
}

function toRankInput(catalog: Catalog, { category = "reasoning", tags = [], ...over }: Made = {}): RankInput {
  const list = buildRankList(catalog, toDomainMix(category, readContextTags(tags)));
  return {
    list,
    classification: null,
    policy: { ...defaultPolicy, band: "any" },
    request: PLAIN_REQUEST,
    providerState: { excluded: [], penalties: [] },
    governance: null,
    feedback: [],
    count: 1000,
    ...over,
  };
}

function rankOrThrow(input: RankInput): Ranking {
  const ranked = rankByScore(input);
  if (!ranked.ok) throw new Error(JSON.stringify(ranked.fault));
  return ranked.value;
}

const rank = (rows: readonly MadeRow[], made: Made = {}): Ranking => rankOrThrow(toRankInput(toCatalog(rows), made));
const idsOf = ({ ranked }: Ranking): readonly string[] => ranked.map(({ entry }) => entry.model.id);

const toSum = (modelId: string, correction: number): FeedbackSum => ({
  modelId,
  correction,
  personalScore: 80,
  count: 3,
  communityCount: 0,
});

describe("rankByScore()", () => {
  it("orders by score, then C, then id, under the hard filters and without a floor", () => {
    const rows = [
      { id: "a/low", theta: -0.4, usd: 0.01 },
      { id: "b/top", theta: 0.6, usd: 3 },
      { id: "d/tie", theta: 0.2, usd: 0.5 },
      { id: "c/tie", theta: 0.2, usd: 0.5 },
      { id: "e/out", theta: 0.9, usd: 0.5 },
    ];
    const request = toRequest({ constraints: { exclude: ["e/*"] } });
    const ranking = rank(rows, { request });
    expect(idsOf(ranking)).toEqual(["b/top", "c/tie", "d/tie", "a/low"]);
    expect(ranking.considered).toBe(4);
  });

  it("takes one row a model: its best effort", () => {
    const rows: MadeRow[] = [
      { id: "a/m", theta: 0.1, over: { effort: "low" } },
      { id: "a/m", theta: 0.5, over: { effort: "high" } },
      { id: "b/m", theta: 0.3 },
    ];
    const { ranked } = rank(rows);
    expect(ranked.map(({ entry }) => `${entry.model.id} ${entry.model.effort}`)).toEqual(["a/m high", "b/m default"]);
  });

  it("puts unlinked rows behind every linked one, flagged, whatever feedback says", () => {
    const rows = [
      { id: "a/new", linked: false },
      { id: "b/weak", theta: -1 },
      { id: "a/weak", theta: -1.2 },
    ];
    const ranking = rank(rows, { count: 2, feedback: [toSum("a/new", 0.9)] });
    expect(idsOf(ranking)).toEqual(["b/weak", "a/weak"]);
    const last = rank(rows, { feedback: [toSum("a/new", 0.9)] }).ranked.at(-1);
    expect(last?.entry).toMatchObject({ linked: false, benchmarkScore: 0 });
    expect(last?.entry.flags).toContain("unlinked_ability");
  });

  it("moves a score by a point for a point of P, and the confidence with it", () => {
    const rows = [
      { id: "a/m", theta: 0.2 },
      { id: "b/m", theta: 0.3 },
    ];
    const before = rank(rows);
    const after = rank(rows, { feedback: [toSum("b/m", -0.1)] });
    expect(idsOf(after)).toEqual(["a/m", "b/m"]);
    const [was, is] = [before.ranked[0], after.ranked[1]];
    expect(is?.score).toBeCloseTo((was?.score ?? 0) - 10, 6);
    expect(is?.confidence).toBeCloseTo((was?.confidence ?? 0) - 0.1, 3);
    expect(is?.personalScore).toBe(80);
  });

  it("keeps a model without the needs out, however good", () => {
    const capabilities = { vision: false, tools: true, json: true, reasoning: true };
    const rows = [
      { id: "a/blind", theta: 1, over: { capabilities } },
      { id: "b/sees", theta: -1 },
    ];
    expect(idsOf(rank(rows, { request: toRequest({ needs: ["vision"] }) }))).toEqual(["b/sees"]);
    const none = rankByScore(toRankInput(toCatalog(rows.slice(0, 1)), { request: toRequest({ needs: ["vision"] }) }));
    expect(none).toMatchObject({ ok: false, fault: { kind: "no_candidates", emptiedBy: "capabilities" } });
  });

  it("ranks long context by the window, equal windows by the score", () => {
    const wide = (id: string, contextTokens: number, theta: number): MadeRow => ({
      id,
      theta,
      over: { contextTokens },
    });
    const rows = [
      wide("a/m", 400_000, 1),
      wide("b/m", 1_000_000, -1),
      wide("c/m", 1_000_000, 0),
      wide("d/m", 8_000, 2),
    ];
    const request = toRequest({ needs: ["long-context"] });
    const { ranked } = rank(rows, { tags: ["long-context"], request });
    expect(ranked.map(({ entry }) => entry.model.id)).toEqual(["c/m", "b/m", "a/m"]);
  });

  it("takes one of each maker first", () => {
    const rows = [
      { id: "a/1", theta: 0.9 },
      { id: "a/2", theta: 0.8 },
      { id: "b/1", theta: 0.1 },
      { id: "a/3", theta: 0.7 },
    ];
    expect(idsOf(rank(rows, { count: 3 }))).toEqual(["a/1", "b/1", "a/2"]);
  });

  it("says which ceiling left nothing", () => {
    const request = toRequest({ band: "low" });
    const prices = { ...toCatalog([{ id: "a/m" }]).models[0]?.prices, promptMicroUsdPerMillion: 2_000_000 };
    const rows = [
      {
        id: "a/m",
        over: {
          prices: {
            completionMicroUsdPerMillion: 1,
            cacheReadMicroUsdPerMillion: null,
            cacheWriteMicroUsdPerMillion: null,
            ...prices,
          },
        },
      },
    ];
    const fault = { kind: "no_candidates", emptiedBy: "band", before: 1 };
    expect(rankByScore(toRankInput(toCatalog(rows), { request }))).toMatchObject({ ok: false, fault });
  });
});

const TAGS = [...PARAMETERS.contextTags.domains.keys(), "long-context", "vision", "cobol"];

function randomMade(random: Random, catalog: Catalog): Made {
  return {
    category: oneFrom(random, CATEGORY_LABELS),
    tags: [...new Set(Array.from({ length: Math.floor(random() * 4) }, () => oneFrom(random, TAGS)))],
    policy: chance(random, 0.5) ? { ...defaultPolicy, band: "any" } : randomPolicy(random, catalog),
    request: { ...randomRequest(random, catalog), band: null },
    feedback: catalog.models
      .filter((row, i, rows) => rows[i - 1]?.id !== row.id && chance(random, 0.2))
      .map(({ id }) => toSum(id, random() - 0.5)),
  };
}

describe("a ranking", () => {
  it("does not get worse when the band rises", () => {
    const random = toRandom(11);
    for (let n = 0; n < 150; n += 1) {
      const catalog = randomCatalog(random, 40);
      const made = randomMade(random, catalog);
      let best = { linked: 0, score: -1 };
      for (const band of BANDS) {
        const ranking = rankByScore(
          toRankInput(catalog, { ...made, request: { ...(made.request ?? PLAIN_REQUEST), band }, count: 1 }),
        );
        const [top] = ranking.ok ? ranking.value.ranked : [];
        if (top === undefined) {
          expect(best.score).toBe(-1);
          continue;
        }
        const now = { linked: Number(top.entry.linked), score: top.score };
        expect(now.linked).toBeGreaterThanOrEqual(best.linked);
        if (now.linked === best.linked) expect(now.score).toBeGreaterThanOrEqual(best.score);
        best = now;
      }
    }
  });

  it("is a total order that no order of the catalogue changes, and shows what it sorts by", () => {
    const random = toRandom(12);
    for (let n = 0; n < 150; n += 1) {
      const catalog = randomCatalog(random, 40);
      const made = { ...randomMade(random, catalog), request: PLAIN_REQUEST, count: 1 };
      const input = toRankInput(catalog, made);
      const mirrored = toRankInput({ ...catalog, models: shuffled(random, catalog.models) }, made);
      expect(rankByScore(mirrored)).toEqual(rankByScore(input));
      const scored = input.list.byBand.any;
      for (const [i, one] of scored.entries()) {
        const next = scored[i + 1];
        if (next === undefined) continue;
        expect(compareScored(one, next)).toBeLessThan(0);
        if (one.entry.linked === next.entry.linked) expect(one.score).toBeGreaterThanOrEqual(next.score);
      }
    }
  });

  it("tells P(success) as a number in [0,1] for every row", () => {
    const random = toRandom(13);
    for (let n = 0; n < 100; n += 1) {
      const catalog = randomCatalog(random, 30);
      const ranking = rankByScore(toRankInput(catalog, randomMade(random, catalog)));
      for (const { confidence, score } of ranking.ok ? ranking.value.ranked : []) {
        expect(confidence).toBeGreaterThanOrEqual(0.01);
        expect(confidence).toBeLessThanOrEqual(0.99);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100.01);
      }
    }
  });
});
