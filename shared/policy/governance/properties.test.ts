import { describe, expect, it } from "vitest";
import { checkDispatch } from "./check-dispatch.ts";
import { capDispatch, isDearer } from "./cost-tier.ts";
import { modelsOf } from "./follow-entry.ts";
import { resolveAgent } from "./resolve-agent.ts";
import { resolveReviewed } from "./review-tier.ts";
import { COMPLEXITY_TIERS, COST_TIERS, type RoutingFile } from "./routing-file.ts";
import { makeRandom, pickOne, type Random, randomDocument, shippedFile } from "./testing/made-file.ts";
import { parseRoutingFile, validateRouting } from "./validate-routing.ts";
import { walkFallbacks } from "./walk-fallbacks.ts";

const OPEN_RISK = [{ category: "data", applicability: "applicable", impact: "HIGH", disposition: "open" }];
const MODELS = Array.from({ length: 7 }, (_, i) => `model-${i}`);

/** Valid files among 600 random documents, and how many were refused for a cycle. */
function draw(random: Random): { readonly files: readonly RoutingFile[]; readonly cycles: number } {
  const files: RoutingFile[] = [];
  let cycles = 0;
  for (let n = 0; n < 600; n++) {
    const document = randomDocument(random);
    const parsed = parseRoutingFile(document);
    if (parsed.ok) files.push(parsed.value);
    else if (validateRouting(document).some(({ code }) => code === "inherit_cycle")) cycles++;
  }
  return { files, cycles };
}

describe("on random files", () => {
  const random = makeRandom(5);
  const { files, cycles } = draw(random);

  it("there are valid ones, and cycles are refused", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(cycles).toBeGreaterThan(20);
  });

  it("resolveAgent() answers for every agent and tier of a valid file", () => {
    for (const file of files)
      for (const agent of Object.keys(file.agent_role_index))
        for (const tier of [null, ...COMPLEXITY_TIERS])
          expect(resolveAgent(file, { agent, tier, mode: "deterministic" }).ok).toBe(true);
  });

  it("walkFallbacks() stays in the list of the effective tier, and its model is the one a dispatch may name", () => {
    for (const file of files) {
      const agent = pickOne(random, Object.keys(file.agent_role_index));
      const unavailable = MODELS.filter(() => random() < 0.5);
      const risks = random() < 0.5 ? OPEN_RISK : [];
      const reviewed = { ...file, review_agents: [agent] };
      const query = { agent, tier: pickOne(random, COMPLEXITY_TIERS), mode: "deterministic" as const, risks };
      const step = walkFallbacks(reviewed, { ...query, unavailable });
      const list = resolveReviewed(reviewed, query);
      if (!step.ok || !list.ok || !step.value.engaged) throw new Error("expected a step");
      const { next } = step.value;
      const allowed = modelsOf(list.value).slice(0, 3);
      expect(next).toBe(allowed.find((model) => !unavailable.includes(model)) ?? null);
      const model = next ?? "model-0";
      const verdict = checkDispatch(reviewed, {
        ...{ ...query, unavailable },
        outer: { agentName: agent, model },
        payload: { model },
      });
      expect(verdict).toMatchObject({ ok: true, value: { accepted: next !== null } });
    }
  });

  it("capDispatch() never lets a dispatch be dearer than the main model", () => {
    for (const main of COST_TIERS)
      for (const sub of COST_TIERS) {
        const { effectiveModel, capped, asked } = capDispatch(
          { model: "M", costTier: main },
          { model: "S", costTier: sub },
        );
        const runsAt = effectiveModel === "M" ? main : sub;
        expect(isDearer(runsAt, main)).toBe(false);
        expect(asked).toEqual(capped ? { model: "S", costTier: sub } : null);
      }
  });
});

describe("a chain of roles", () => {
  const chain = (links: number) => {
    const file = shippedFile();
    const { reader } = file.roles;
    if (reader === undefined) throw new Error("no reader");
    const { LARGE, ...tiers } = reader.by_tier;
    const made = Array.from({ length: links }, (_, n) => {
      const inherit_from = n + 1 < links ? `role:link-${n + 1}@LARGE` : "default";
      return [`link-${n}`, { ...reader, consumers: [], by_tier: { ...tiers, LARGE: { inherit_from } } }];
    });
    return validateRouting({ ...file, roles: { ...file.roles, ...Object.fromEntries(made) } });
  };

  it("is followed for 64 links, and refused when it is longer", () => {
    expect(chain(64)).toEqual([]);
    expect(chain(66)).toMatchObject([
      { code: "inherit_too_deep", path: "/roles/link-0/by_tier/LARGE/inherit_from" },
      { code: "inherit_too_deep", path: "/roles/link-1/by_tier/LARGE/inherit_from" },
    ]);
  });
});
