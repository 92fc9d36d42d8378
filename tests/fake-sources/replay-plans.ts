import { DEFAULT_SOURCES, type SourceConfig } from "../../workers/enricher/source-config.ts";
import type { SourcePlan } from "../../workers/enricher/source-plan.ts";
import { toSourcePlans } from "../../workers/enricher/source-registry.ts";

export const KEY = "aa-secret-key-0123456789";

/** Every source at one server on this machine. */
export const configAt = (url: string): SourceConfig => ({
  ...DEFAULT_SOURCES,
  openRouterUrl: `${url}/models`,
  artificialAnalysisUrl: `${url}/aa`,
  artificialAnalysisKey: KEY,
  lmarenaUrl: `${url}/filter`,
  lmarenaBoards: "text:overall",
  livebenchUrl: url,
  aiderUrl: `${url}/aider`,
  epochUrl: `${url}/epoch`,
  modelsDevUrl: `${url}/models-dev`,
});

/** The plan of a source, with other limits. */
export function planAt(url: string, source: string, limits: Partial<SourcePlan["limits"]> = {}): SourcePlan {
  const plan = toSourcePlans(configAt(url)).find((one) => one.source === source);
  if (plan === undefined) throw new Error(`no plan ${source}`);
  return { ...plan, limits: { ...plan.limits, ...limits } };
}

/** A board of two scores. */
export const BOARD = "- model: m\n  pass_rate_2: 60.5\n- model: n\n  pass_rate_2: 40.5\n";
/** A release of two models in two categories. */
export const TABLE = "model,python,typos\nm,1.0,2.0\nn,3.0,4.0\n";
export const CATEGORIES = '{"Coding":["python"],"Language":["typos"]}';
