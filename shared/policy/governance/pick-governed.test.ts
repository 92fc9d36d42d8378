import { describe, expect, it } from "vitest";
import { type CostOf, isDearer, toPriceCeiling } from "./cost-tier.ts";
import { describeGoverned } from "./describe-governed.ts";
import { GOVERNANCE_LIMITS } from "./governance-limits.ts";
import { type GovernedPick, pickGoverned, toLeastSpeed } from "./pick-governed.ts";
import { type GovernedResolution, resolveGoverned } from "./resolve-governed.ts";
import { resolveReviewed } from "./review-tier.ts";
import { COMPLEXITY_TIERS, COST_TIERS, type CostTier, LATENCY_TIERS, type RoutingFile } from "./routing-file.ts";
import { makeRandom, pickOne, type Random, randomDocument, shippedFile } from "./testing/made-file.ts";
import { parseRoutingFile } from "./validate-routing.ts";

const OPEN_RISK = [{ category: "data", applicability: "applicable", impact: "HIGH", disposition: "open" }];
const asId = (name: string): string => `id/${name}`;
/** Every name has an id and the price tier its entry claims. */
const plainCosts: CostOf = (model, costTier) => ({ model, modelId: asId(model), costTier, assumed: false });

function resolve(file: RoutingFile, agent: string, over: { readonly mode?: "auto" } = {}): GovernedResolution {
  const query = { agent, role: null, tier: "LARGE", mode: over.mode ?? "deterministic", risks: [] } as const;
  const found = resolveGoverned(file, query, plainCosts);
  if (!found.ok) throw new Error(found.fault.kind);
  return found.value;
}

describe("pickGoverned()", () => {
  const file = shippedFile();
  const conductor = file.roles.conductor;
  if (conductor === undefined) throw new Error("no conductor");
  const auto = { ...conductor, primary: "auto", fallbacks: [], cost_tier: "medium" as const };
  const leadless = { ...file, roles: { ...file.roles, conductor: auto } };

  it("leaves the pick to the rule under the orchestrator's tier when a dearer model meets an orchestrator on auto", () => {
    const pick = pickGoverned(resolve(leadless, "planner"), () => null);
    expect(pick).toMatchObject({
      ...{ model: null, waitingApproval: false },
      constraints: { role: "strategist", allow: [], maxPromptMicroUsdPerMillion: 3_000_000 },
      capped: {
        asked: { model: "Claude Opus 4.8", costTier: "high" },
        effectiveModel: null,
        costTier: "medium",
        assumed: true,
      },
    });
    expect(describeGoverned(resolve(leadless, "planner"), pick)).toContain(
      "CAPPED: Claude Opus 4.8 (high) is dearer than the orchestrator's model, so the ceiling is medium. One of the two",
    );
  });

  it("caps nothing in a file whose orchestrator has no role", () => {
    expect(pickGoverned(resolve({ ...file, orchestrator: "ghost" }, "planner"), () => null).capped).toBeNull();
  });

  it("never runs a name without an id, whatever is said to be reachable", () => {
    const models = resolve(file, "planner").models.map((one) => ({ ...one, modelId: null }));
    expect(pickGoverned({ ...resolve(file, "planner"), models }, () => null)).toMatchObject({
      ...{ constraints: null, waitingApproval: true },
    });
  });

  it("says why each model was passed over", () => {
    const resolution = resolve(file, "planner");
    const says = describeGoverned(
      resolution,
      pickGoverned(resolution, () => "denied"),
    );
    expect(says).toContain("waits for approval. Claude Opus 4.8 is kept out by the policy; GPT-5.5 is kept out");
  });
});

describe("toLeastSpeed()", () => {
  it("asks more of a faster tier and nothing of a slow one", () => {
    expect(LATENCY_TIERS.map(toLeastSpeed)).toEqual([100, 40, null]);
  });
});

interface Drawn {
  readonly file: RoutingFile;
  readonly costOf: CostOf;
  readonly resolution: GovernedResolution;
  readonly pick: GovernedPick;
  readonly isUp: (id: string | null) => boolean;
}

/** A document of which some primaries are "auto". */
function drawFile(random: Random): RoutingFile | null {
  const parsed = parseRoutingFile(randomDocument(random));
  if (!parsed.ok) return null;
  const roles = Object.entries(parsed.value.roles).map(([name, role]) => {
    const isAuto = random() < 0.15;
    return [name, isAuto ? { ...role, primary: "auto", fallbacks: [] } : role] as const;
  });
  const again = parseRoutingFile({ ...parsed.value, roles: Object.fromEntries(roles) });
  return again.ok ? again.value : null;
}

function draw(random: Random, file: RoutingFile): Drawn {
  const tiers = new Map(
    Array.from({ length: 7 }, (_, i) => [`model-${i}`, pickOne<CostTier | null>(random, [...COST_TIERS, null])]),
  );
  const strangers = new Set([...tiers.keys()].filter(() => random() < 0.1));
  const down = new Set([...tiers.keys()].filter(() => random() < 0.4).map(asId));
  const costOf: CostOf = (model, entryTier) => {
    const own = tiers.get(model) ?? null;
    const modelId = model === "auto" || strangers.has(model) ? null : asId(model);
    return { model, modelId, costTier: own ?? entryTier, assumed: own === null };
  };
  const agent = pickOne(random, Object.keys(file.agent_role_index));
  const asked =
    random() < 0.8 ? { agent, role: null } : { agent: null, role: pickOne(random, Object.keys(file.roles)) };
  const tier = pickOne(random, [null, ...COMPLEXITY_TIERS]);
  const query = { ...asked, tier, mode: pickOne(random, ["deterministic", "deterministic", "auto"] as const) };
  const found = resolveGoverned(file, { ...query, risks: random() < 0.3 ? OPEN_RISK : [] }, costOf);
  if (!found.ok) throw new Error(`not total: ${JSON.stringify([query, found.fault])}`);
  const isUp = (id: string | null): boolean => id === null || !down.has(id);
  const pick = pickGoverned(found.value, (id) => (isUp(id) ? null : "provider_state"));
  return { file, costOf, resolution: found.value, pick, isUp };
}

describe("on random files, prices and outages", () => {
  const random = makeRandom(11);
  const files = Array.from({ length: 900 }, () => drawFile(random)).filter((file) => file !== null);
  const drawn = files.flatMap((file) => Array.from({ length: 10 }, () => draw(random, file)));

  it("there are enough of every kind", () => {
    expect(drawn.length).toBeGreaterThan(2000);
    const kinds: readonly ((one: Drawn) => boolean)[] = [
      ...[({ pick }: Drawn) => pick.usedFallback, ({ pick }: Drawn) => pick.waitingApproval],
      ...[({ pick }: Drawn) => pick.capped !== null, ({ resolution }: Drawn) => resolution.isAuto],
      ({ resolution }: Drawn) => resolution.models.length > 1 && resolution.main !== null,
    ];
    for (const isKind of kinds) expect(drawn.filter(isKind).length).toBeGreaterThan(100);
  });

  it("no dispatch is dearer than what its orchestrator runs on", () => {
    for (const { file, costOf, resolution, pick, isUp } of drawn) {
      if (resolution.main === null || pick.waitingApproval) continue;
      const query = { agent: "agent-a", tier: resolution.tierAsked, mode: "deterministic", risks: [] } as const;
      const lead = resolveReviewed(file, query);
      if (!lead.ok) throw new Error("no lead");
      const { primary, fallbacks, costTier } = lead.value;
      const list = [primary, ...fallbacks.slice(0, 2)].map((name) => costOf(name, costTier));
      const main =
        primary === "auto" ? null : (list.find((one) => one.modelId !== null && isUp(one.modelId)) ?? list[0]);
      const cap = main?.costTier ?? costTier;
      const runsAt = pick.model?.costTier ?? null;
      if (runsAt !== null) expect(isDearer(runsAt, cap)).toBe(false);
      else {
        const ceiling = toPriceCeiling(cap, GOVERNANCE_LIMITS) ?? Number.POSITIVE_INFINITY;
        expect(pick.constraints?.maxPromptMicroUsdPerMillion ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(ceiling);
      }
    }
  });

  it("what runs is the first reachable of the effective tier's list, or the orchestrator's own where that is capped", () => {
    for (const { file, resolution, pick, isUp } of drawn) {
      if (resolution.isAuto || resolution.agent === null) continue;
      const { agent, tierAsked: tier, overrideReason } = resolution;
      const risks = overrideReason === null ? [] : OPEN_RISK;
      const own = resolveReviewed(file, { agent, tier, mode: "deterministic", risks });
      if (!own.ok) throw new Error("no entry");
      const list = [own.value.primary, ...own.value.fallbacks].slice(0, 3);
      expect(resolution.models.map(({ model }) => model)).toEqual(list);
      const first = resolution.models.findIndex(({ modelId }) => modelId !== null && isUp(modelId));
      if (first === -1) expect(pick).toMatchObject({ waitingApproval: true, constraints: null });
      else if (pick.capped === null) expect(pick.model?.model).toBe(list[first]);
      else expect(pick.capped.asked.model).toBe(list[first]);
    }
  });

  it("a pin allows exactly the model that runs, and what is capped is reported", () => {
    for (const { pick } of drawn) {
      if (pick.model !== null) expect(pick.constraints?.allow).toEqual([pick.model.modelId]);
      expect(pick.reasons.some(({ code }) => code === "capped")).toBe(pick.capped !== null);
      expect(pick.waitingApproval).toBe(pick.constraints === null);
    }
  });
});
