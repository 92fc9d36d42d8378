import type { Artifact, Phase } from "../../prompt/work-words.ts";
import type { Classification } from "../../task/classification.ts";
import type { Category, TaskType } from "../../task/labels.ts";

/** Ids of role blocks (data/role-texts/personas.json; a test holds that they exist). */
const BY_ARTIFACT: Readonly<Record<Artifact, string>> = {
  tests: "software-engineer",
  docs: "technical-writer",
  infra: "devops-engineer",
  data: "data-engineer",
  security: "security-engineer",
  api: "backend-engineer",
  ml: "ml-engineer",
  mobile: "mobile-engineer",
  ui: "frontend-engineer",
  brand: "brand-designer",
  copy: "copywriter",
  market: "market-analyst",
  business: "strategist",
};

const DESIGN_BY_ARTIFACT: Readonly<Partial<Record<Artifact, string>>> = {
  ui: "ui-designer",
  mobile: "ui-designer",
  data: "database-architect",
  api: "api-designer",
  brand: "brand-designer",
};

const BY_CATEGORY: Readonly<Record<Category, string>> = {
  coding: "software-engineer",
  reasoning: "problem-solver",
  creative: "writer",
  research: "analyst",
  vision: "analyst",
  "fast-cheap": "assistant",
  general: "assistant",
};

const BY_TASK_TYPE: Readonly<Partial<Record<TaskType, string>>> = {
  bugfix: "debugger",
  refactor: "software-engineer",
  docs: "technical-writer",
  design: "architect",
  exploration: "analyst",
};

/** What the persona of a part is chosen by. */
export interface PersonaFacts {
  readonly phase: Phase;
  readonly artifacts: readonly Artifact[];
  readonly classification: Classification;
  readonly category: Category;
}

/** Who should do a part: by its phase where that says enough, else by what it makes, its kind of task, its category. */
export function choosePersona({ phase, artifacts, classification, category }: PersonaFacts): string {
  const made = artifacts.find((artifact) => artifact !== "tests" && artifact !== "docs");
  switch (phase) {
    case "docs":
      return "technical-writer";
    case "deploy":
      return made === "copy" || made === "business" ? BY_ARTIFACT[made] : "devops-engineer";
    case "test":
      return "software-engineer";
    case "research":
      return made === "market" || made === "business" ? "market-analyst" : "analyst";
    case "design":
      return made === undefined ? "architect" : (DESIGN_BY_ARTIFACT[made] ?? BY_ARTIFACT[made]);
    case "build":
      break;
  }
  if (made !== undefined) return BY_ARTIFACT[made];
  const isCode = category === "coding" || category === "fast-cheap" || category === "general";
  if (!isCode) return BY_CATEGORY[category];
  const isKnown = !classification.abstained_heads.includes("task_type");
  return (isKnown ? BY_TASK_TYPE[classification.task_type.label] : undefined) ?? "software-engineer";
}
