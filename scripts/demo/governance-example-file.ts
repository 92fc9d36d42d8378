/** Five roles as a team of its own would write them; the catalogue's names, so that every cost is a price. */
const inherit = { inherit_from: "default" } as const;
const sameAtAll = { TRIVIAL: inherit, SMALL: inherit, MEDIUM: inherit, LARGE: inherit };

export const EXAMPLE_FILE = {
  version: "1.0.0",
  description: "Five roles: who leads, plans, builds, reviews and reads.",
  orchestrator: "lead",
  pinned_agents: ["lead.agent.md"],
  review_agents: ["code-reviewer"],
  executor_roles: { plan: "planner", judge: "reviewer", merge: "planner" },
  roles: {
    lead: {
      ...{ primary: "Claude Opus 4.8", fallbacks: ["GPT-5.5"], cost_tier: "high", latency_tier: "medium" },
      ...{ consumers: ["lead.agent.md"], reasoning_effort_hint: "medium", by_tier: sameAtAll },
    },
    planner: {
      ...{ primary: "Claude Opus 4.8", fallbacks: ["GPT-5.5"], cost_tier: "high", latency_tier: "slow" },
      ...{ consumers: ["planner.agent.md"], reasoning_effort_hint: "high", by_tier: sameAtAll },
    },
    builder: {
      ...{ primary: "Claude Sonnet 4.6", fallbacks: ["GPT-5.4"], cost_tier: "medium", latency_tier: "medium" },
      ...{ consumers: ["implementer.agent.md"], reasoning_effort_hint: "medium" },
      by_tier: { ...sameAtAll, LARGE: { inherit_from: "role:planner" } },
    },
    reviewer: {
      ...{ primary: "Claude Sonnet 4.6", fallbacks: ["GPT-5.4"], cost_tier: "medium", latency_tier: "medium" },
      ...{ consumers: ["code-reviewer.agent.md"], reasoning_effort_hint: "high" },
      by_tier: {
        ...sameAtAll,
        LARGE: {
          ...{ primary: "Claude Opus 4.8", fallbacks: ["GPT-5.5", "Gemini 3.1 Pro Preview"] },
          ...{ cost_tier: "high", latency_tier: "slow" },
        },
      },
    },
    reader: {
      ...{ primary: "auto", fallbacks: [], cost_tier: "low", latency_tier: "fast" },
      ...{ consumers: ["explorer.agent.md"], reasoning_effort_hint: "low", by_tier: sameAtAll },
    },
  },
  agent_role_index: {
    lead: "lead",
    planner: "planner",
    implementer: "builder",
    "code-reviewer": "reviewer",
    explorer: "reader",
  },
} as const;
