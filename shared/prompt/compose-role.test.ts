import { describe, expect, it } from "vitest";
import { composeRole } from "./compose-role.ts";
import { ROLE_BLOCKS } from "./role-blocks.ts";

const { personas, stack, domains, formats, guardrails } = ROLE_BLOCKS;

describe("the role blocks", () => {
  it("are 36 personas, 82 stack blocks, 15 domains, 17 formats and 6 guardrails", () => {
    expect([personas, stack, domains, formats, guardrails].map(({ size }) => size)).toEqual([36, 82, 15, 17, 6]);
  });

  it("say enough and not too much", () => {
    const within = (lines: readonly string[], min: number, max: number) =>
      lines.length >= min && lines.length <= max && lines.every((line) => line.length > 10 || line.endsWith("."));
    for (const lines of stack.values()) expect(within(lines, 2, 4)).toBe(true);
    for (const lines of domains.values()) expect(within(lines, 2, 4)).toBe(true);
    for (const lines of formats.values()) expect(within(lines, 3, 5)).toBe(true);
    for (const lines of guardrails.values()) expect(within(lines, 3, 5)).toBe(true);
    for (const persona of personas.values()) {
      expect(persona.core.split(/[.!?](?:\s|$)/).length - 1).toBeGreaterThanOrEqual(2);
      expect(persona.core.length).toBeLessThan(400);
      for (const id of persona.guardrails) expect(guardrails.has(id)).toBe(true);
    }
  });

  it("say everything once", () => {
    const lines = [...stack.values(), ...domains.values(), ...formats.values(), ...guardrails.values()].flat();
    expect(new Set(lines).size).toBe(lines.length);
  });
});

describe("composeRole()", () => {
  it("gives the task back unchanged when nothing is asked for", () => {
    const composed = composeRole({ task: "  do it\n" });
    expect(composed).toMatchObject({ hasRole: false, fullPrompt: "  do it\n", wordCount: 2, warnings: [] });
  });

  it("puts role, stack, domain, output, rules and style in order above the task", () => {
    const { fullPrompt } = composeRole({
      task: "Build it",
      persona: "frontend-engineer",
      stack: ["react", "tailwind"],
      domain: "saas",
      format: "review",
      guardrails: ["security"],
    });
    const titles = [...fullPrompt.matchAll(/^(?:# .*|---)$/gm)].map(([title]) => title);
    const role = "# Role: Frontend engineer";
    expect(titles).toEqual([role, "# Stack", "# Domain", "# Output", "# Rules", "# Style", "---", "# Task"]);
    expect(fullPrompt.endsWith("\nBuild it")).toBe(true);
  });

  it("lets a persona bring its guardrails along, and concise always", () => {
    expect(composeRole({ task: "x", persona: "security-engineer" }).guardrails).toEqual([
      "security",
      "code",
      "concise",
    ]);
    expect(composeRole({ task: "x", persona: "writer" }).guardrails).toEqual(["concise"]);
    expect(composeRole({ task: "x", persona: "writer", guardrails: [] }).guardrails).toEqual([]);
    expect(composeRole({ task: "x", stack: ["go"] }).guardrails).toEqual([]);
  });

  it("keeps to ten stack lines and six rules, and lets every block speak", () => {
    const ids = [...stack.keys()].slice(0, 7);
    const { fullPrompt } = composeRole({ task: "x", stack: ids, guardrails: [...guardrails.keys()] });
    const [, stackPart = "", rulesPart = ""] = fullPrompt.split(/^# /m);
    expect(stackPart.match(/^- /gm)).toHaveLength(10);
    expect(rulesPart.match(/^- /gm)).toHaveLength(6);
    for (const id of ids) expect(fullPrompt).toContain(stack.get(id)?.[0]);
    for (const id of guardrails.keys()) expect(fullPrompt).toContain(guardrails.get(id)?.[0]);
  });

  it("warns of unknown ids, also of names that objects inherit", () => {
    const composed = composeRole({ task: "x", persona: "constructor", guardrails: ["toString"], stack: ["__proto__"] });
    expect(composed).toMatchObject({ hasRole: false, persona: null, personaTitle: null, fullPrompt: "x" });
    expect(composed.warnings).toHaveLength(3);
  });

  it("composes the same text from the same blocks whatever is named twice", () => {
    const once = composeRole({ task: "x", stack: ["go", "rust"] });
    expect(composeRole({ task: "x", stack: ["go", "rust", "go"] })).toEqual(once);
  });
});
