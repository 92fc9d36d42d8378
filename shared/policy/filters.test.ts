import { describe, expect, it } from "vitest";
import type { FilterName } from "../base/fault.ts";
import type { DecideInput, RouteRequest } from "./decision.ts";
import { applyFilters } from "./filters.ts";
import type { MadeRow } from "./testing/made-input.ts";
import { toInput, toRequest, toRow } from "./testing/made-input.ts";

const ROWS: readonly MadeRow[] = [{ id: "anthropic/a" }, { id: "openai/b" }, { id: "x-ai/c" }];

const filter = (rows: readonly MadeRow[], over: Partial<DecideInput> = {}) =>
  applyFilters({ ...toInput(rows, {}, over), taskType: "bugfix", domain: "agentic_coding" });

function idsOf(result: ReturnType<typeof filter>): readonly string[] {
  return result.ok ? result.value.eligible.map(({ model }) => model.id) : [];
}

const OPEN = { role: "r", allow: [], maxPromptMicroUsdPerMillion: null, minOutputTokensPerSecond: null };
const plain = toRow({ id: "v/m" });
const dear = { ...plain.prices, promptMicroUsdPerMillion: 9_000_000 };
const blind = { ...plain.capabilities, vision: false, tools: false, json: false };

/** What takes out the planted row "v/odd" beside the plain "v/m", and by which filter. */
const CASES: readonly [FilterName, MadeRow, Partial<DecideInput>][] = [
  ["catalogue", { id: "v/odd", over: { kind: "free" } }, {}],
  ["allow", { id: "w/odd" }, { request: toRequest({ constraints: { allow: ["v/*"] } }) }],
  ["deny", { id: "w/odd" }, { policy: { ...toInput([]).policy, deny: ["w/*"] } }],
  ["exclude", { id: "v/odd" }, { request: toRequest({ constraints: { exclude: ["v/odd"] } }) }],
  ["unlinked", { id: "v/odd", linked: false }, {}],
  ["capabilities", { id: "v/odd", over: { capabilities: blind } }, { request: toRequest({ needs: ["vision"] }) }],
  ["min_context", { id: "v/odd", over: { contextTokens: 8000 } }, { request: toRequest({ needs: ["long-context"] }) }],
  ["band", { id: "v/odd", over: { prices: dear } }, { request: toRequest({ band: "medium" }) }],
  ["driver", { id: "v/odd" }, { request: toRequest({ constraints: { driver: "claude" } }) }],
  ["provider", { id: "v/odd" }, { request: toRequest({ constraints: { provider: "anthropic" } }) }],
  [
    "provider_state",
    { id: "v/odd" },
    { providerState: { excluded: [{ provider: "openrouter", reason: "open circuit" }], penalties: [] } },
  ],
  ["governance", { id: "w/odd" }, { governance: { ...OPEN, allow: ["v/*"] } }],
];

describe("applyFilters()", () => {
  it("keeps every plain model when nothing is asked", () => {
    expect(idsOf(filter(ROWS))).toEqual(["anthropic/a", "openai/b", "x-ai/c"]);
  });

  it.each(CASES)("counts what %s removed, and names it when it leaves nothing", (name, odd, over) => {
    expect(filter([odd], over)).toEqual({ ok: false, fault: { kind: "no_candidates", emptiedBy: name, before: 1 } });
    const safe: MadeRow = name === "driver" || name.startsWith("provider") ? { id: "anthropic/m" } : { id: "v/m" };
    const both = filter([safe, odd], over);
    expect(both.ok && both.value.counts).toEqual({ considered: 2, removed: { [name]: 1 } });
    expect(idsOf(both)).toEqual([safe.id]);
  });

  it("takes an entry that is no plain model when an allow list names its exact id, not by a pattern", () => {
    const rows = [{ id: "v/m" }, { id: "v/m:free", over: { kind: "free" as const } }];
    const allowing = (allow: readonly string[]): Partial<DecideInput> => ({
      request: toRequest({ constraints: { allow } }),
    });
    expect(idsOf(filter(rows, allowing(["v/m:free"])))).toEqual(["v/m:free"]);
    expect(idsOf(filter(rows, allowing(["v/*"])))).toEqual(["v/m"]);
    const policy = { ...toInput([]).policy, allow: ["v/m:free", "v/m"] };
    expect(idsOf(filter(rows, { policy }))).toEqual(["v/m", "v/m:free"]);
  });

  it("takes what governance pins, a free entry or an unlinked one too", () => {
    const rows = [{ id: "v/m" }, { id: "v/m:free", over: { kind: "free" as const } }, { id: "v/new", linked: false }];
    const pinning = (...allow: string[]) => idsOf(filter(rows, { governance: { ...OPEN, allow } }));
    expect(pinning("v/m:free")).toEqual(["v/m:free"]);
    expect(pinning("v/new")).toEqual(["v/new"]);
    expect(pinning("v/new", "v/m")).toEqual(["v/m"]);
  });

  it("keeps a governed latency to models whose speed is known to be too low", () => {
    const at = (id: string, outputTokensPerSecond: number | null): MadeRow => ({
      ...{ id, over: { speed: { outputTokensPerSecond, timeToFirstTokenS: 1 } } },
    });
    const rows = [at("v/slow", 39), at("v/quick", 40), at("v/unknown", null)];
    const governance = { ...OPEN, minOutputTokensPerSecond: 40 };
    expect(idsOf(filter(rows, { governance }))).toEqual(["v/quick", "v/unknown"]);
  });

  it("lets a request lower the policy's band but not lift it", () => {
    const rows = [{ id: "v/m" }, { id: "v/dear", over: { prices: dear } }];
    const banded = (policyBand: "medium" | "any", band: RouteRequest["band"]): Partial<DecideInput> => ({
      policy: { ...toInput([]).policy, band: policyBand },
      request: toRequest({ band }),
    });
    expect(idsOf(filter(rows, banded("any", "medium")))).toEqual(["v/m"]);
    expect(idsOf(filter(rows, banded("medium", "high")))).toEqual(["v/m"]);
    expect(idsOf(filter(rows, banded("any", null)))).toEqual(["v/m", "v/dear"]);
  });

  it("keeps to the linked rows of an allowed model that has some", () => {
    const rows = [
      { id: "v/m", linked: false },
      { id: "v/m", over: { effort: "high" as const } },
    ];
    const kept = filter(rows, { request: toRequest({ constraints: { allow: ["v/m"] } }) });
    expect(kept.ok && kept.value.eligible.map(({ model }) => model.effort)).toEqual(["high"]);
  });
});
