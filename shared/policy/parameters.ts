import type { Domain, Effort } from "../catalog/model.ts";
import { DOMAINS } from "../catalog/model.ts";
import parametersJson from "../data/parameters.json" with { type: "json" };
import type { Category, Complexity, TaskType } from "../task/labels.ts";
import { CATEGORY_LABELS, TASK_TYPE_LABELS } from "../task/labels.ts";
import type { Band, Driver, Preset } from "./policy.ts";
import { DRIVERS } from "./policy.ts";

/** Effective slope and midpoint of success against ability, residual spread of difficulty integrated. */
export interface LogisticPair {
  readonly a: number;
  readonly mu: number;
}

/** Difficulty b within a label, on the theta scale. */
export interface DifficultySpread {
  readonly mean: number;
  readonly sd: number;
}

/** What a category is scored by: shares of the domains' abilities and of thrift, which sum to 1. */
export interface CategoryMix {
  readonly domains: Readonly<Partial<Record<Domain, number>>>;
  readonly thrift: number;
}

type DifficultyKey = Complexity | "noInformation";

/** The constants of the decision rule; numbers and their sources live in data/parameters.json alone. */
export interface Parameters {
  readonly success: Readonly<Record<DifficultyKey, LogisticPair>>;
  readonly difficulty: Readonly<Record<DifficultyKey, DifficultySpread>> & { readonly slope: number };
  readonly probabilityBounds: { readonly min: number; readonly max: number };
  readonly outcomes: {
    readonly n0: number;
    readonly doubtSds: number;
    readonly halfLifeDays: number;
    readonly windowDays: number;
  };
  /** Ratings and reports: how tags and the community are pooled (policy/feedback.ts). */
  readonly feedback: {
    readonly tagN0: number;
    readonly tagsMax: number;
    /** The model that spawn stats count savings against. */
    readonly referenceModel: string;
    /** Success y that a rating stands for. */
    readonly ratings: Readonly<Record<"1" | "2" | "3" | "4" | "5", number>>;
    readonly community: {
      readonly n0: number;
      readonly contributorWeightMax: number;
      readonly shiftMax: number;
      readonly reportsPerHour: number;
    };
  };
  readonly driverBonusMax: number;
  readonly cost: {
    readonly slope: number;
    readonly difficulty: Readonly<Record<Complexity, number>>;
    readonly taskTypeFactor: Readonly<Partial<Record<TaskType, number>>>;
  };
  /** Answer tokens of a medium task at the model's default effort, and how an effort scales them. */
  readonly outputTokens: number;
  readonly effortOutputFactor: Readonly<Record<Effort, number>>;
  readonly time: {
    readonly assumedTimeToFirstTokenS: number;
    readonly assumedOutputTokensPerSecond: number;
  };
  readonly value: {
    readonly presets: Readonly<Record<Preset, number>>;
    readonly complexityWeight: Readonly<Record<Complexity, number>>;
  };
  readonly noiseP: number;
  readonly cascade: {
    readonly minJLower: number;
    readonly externalJ: number;
    readonly maxLength: number;
    readonly searchKept: number;
    readonly searchExtra: number;
    readonly searchReordered: number;
  };
  readonly escalation: { readonly limit: number };
  /** P(high risk) from which work counts as risky for the floor; the approval gate has the policy's own threshold. */
  readonly floor: { readonly highRiskProbability: number };
  /** `depth`: how far down the ranking by worth a fallback may stand. */
  readonly fallbacks: { readonly limit: number; readonly depth: number };
  /** Ceilings on the prompt price, micro-dollars per 1M tokens. */
  readonly bandCeilings: Readonly<Record<Band, number>>;
  readonly longContextTokens: number;
  readonly domains: Readonly<Record<TaskType, Domain>>;
  readonly categories: {
    readonly mixes: Readonly<Record<Category, CategoryMix>>;
    readonly byTaskType: Readonly<Record<TaskType, Category>>;
  };
  /** Expected cost of a medium task, time included, at which thrift scores 100 and 0. */
  readonly thrift: { readonly bestUsd: number; readonly worstUsd: number };
  /** `domains`: the domain that a tag hands a share of the category's weight to. */
  readonly contextTags: {
    readonly sharePerTag: number;
    readonly shareMax: number;
    readonly domains: ReadonlyMap<string, Domain>;
  };
  /** Factor on the sd of an ability that is carried over from another domain. */
  readonly extrapolatedSdFactor: number;
  readonly vendorDrivers: ReadonlyMap<string, readonly Driver[]>;
  readonly driverProviders: ReadonlyMap<Driver, readonly string[]>;
}

/** The word of a closed list that `text` is. Throws: a wrong word in the shipped data file is a bug, not an input. */
function toWord<T extends string>(words: readonly T[], text: string): T {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new Error(`parameters.json says "${text}": expected one of ${words.join(", ")}`);
  return word;
}

function toDomains(): Readonly<Record<TaskType, Domain>> {
  const domainOf = (taskType: TaskType): Domain => toWord(DOMAINS, parametersJson.domains[taskType]);
  const entries = TASK_TYPE_LABELS.map((taskType) => [taskType, domainOf(taskType)] as const);
  // Every label of the closed list is a key, so the record is total.
  return Object.fromEntries(entries) as Record<TaskType, Domain>;
}

/** task type -> domain -> category, each step told once. */
function toCategories(domains: Parameters["domains"]): Parameters["categories"] {
  const { mixes, byDomain } = parametersJson.categories;
  const categoryOf = (taskType: TaskType): Category => toWord(CATEGORY_LABELS, byDomain[domains[taskType]]);
  const entries = TASK_TYPE_LABELS.map((taskType) => [taskType, categoryOf(taskType)] as const);
  // Every label of the closed list is a key, so the record is total.
  return { mixes, byTaskType: Object.fromEntries(entries) as Record<TaskType, Category> };
}

function toTagDomains(): ReadonlyMap<string, Domain> {
  const byDomain = Object.entries(parametersJson.contextTags.domains);
  return new Map(byDomain.flatMap(([domain, tags]) => tags.map((tag) => [tag, toWord(DOMAINS, domain)] as const)));
}

function toVendorDrivers(): ReadonlyMap<string, readonly Driver[]> {
  const { source: _, ...byVendor } = parametersJson.vendorDrivers;
  return new Map(
    Object.entries(byVendor).map(([vendor, names]) => [vendor, names.map((name) => toWord(DRIVERS, name))]),
  );
}

/** Read once at import; a wrong data file stops the program at start, never a request. */
export const PARAMETERS: Parameters = {
  success: parametersJson.success,
  difficulty: parametersJson.difficulty,
  probabilityBounds: parametersJson.probabilityBounds,
  outcomes: parametersJson.outcomes,
  feedback: parametersJson.feedback,
  driverBonusMax: parametersJson.driverBonusMax.value,
  cost: parametersJson.cost,
  outputTokens: parametersJson.mediumTokenProfile.outputTokens,
  effortOutputFactor: parametersJson.effortOutputFactor,
  time: parametersJson.time,
  value: parametersJson.value,
  noiseP: parametersJson.choose.noiseP,
  cascade: parametersJson.cascade,
  escalation: parametersJson.escalation,
  floor: parametersJson.floor,
  fallbacks: parametersJson.fallbacks,
  bandCeilings: {
    low: parametersJson.bandsPromptMicroUsdPerMillion.low,
    medium: parametersJson.bandsPromptMicroUsdPerMillion.medium,
    high: parametersJson.bandsPromptMicroUsdPerMillion.high,
    any: Number.POSITIVE_INFINITY,
  },
  longContextTokens: parametersJson.longContextTokens.value,
  domains: toDomains(),
  categories: toCategories(toDomains()),
  thrift: parametersJson.thrift,
  contextTags: { ...parametersJson.contextTags, domains: toTagDomains() },
  extrapolatedSdFactor: parametersJson.extrapolatedSdFactor.value,
  vendorDrivers: toVendorDrivers(),
  driverProviders: new Map(DRIVERS.map((driver) => [driver, parametersJson.driverProviders[driver]])),
};
