import { fail, ok, type Result } from "../base/result.ts";
import {
  type Ability,
  type Catalog,
  type CatalogModel,
  DOMAINS,
  type Domain,
  EFFORTS,
  ENTRY_KINDS,
  type MediumTaskCost,
  PRICE_TIERS,
} from "./model.ts";

type Members = Readonly<Record<string, unknown>>;

/** Thrown inside this file only: carries the path of the first wrong value out of the nested readers. */
class WrongShape {
  readonly detail: string;
  constructor(path: string, wanted: string) {
    this.detail = `${path}: expected ${wanted}`;
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readMembers(value: unknown, path: string): Members {
  if (!isMembers(value)) throw new WrongShape(path, "an object");
  return value;
}

function readString(value: unknown, path: string): string {
  if (typeof value !== "string") throw new WrongShape(path, "a text");
  return value;
}

function readNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new WrongShape(path, "a finite number");
  return value;
}

/** Money and counts: a whole number that is not negative. */
function readCount(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new WrongShape(path, "a whole number of at least 0");
  return value;
}

function readBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new WrongShape(path, "true or false");
  return value;
}

function readWord<T extends string>(words: readonly T[], value: unknown, path: string): T {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new WrongShape(path, words.join(", "));
  return word;
}

type Reader<T> = (value: unknown, path: string) => T;

const nullable =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : read(value, path);

const listOf =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new WrongShape(path, "a list");
    return value.map((item, i) => read(item, `${path}[${i}]`));
  };

const byDomain =
  <T>(read: Reader<T>): Reader<Readonly<Partial<Record<Domain, T>>>> =>
  (value, path) => {
    const parsed: Partial<Record<Domain, T>> = {};
    for (const [name, member] of Object.entries(readMembers(value, path))) {
      parsed[readWord(DOMAINS, name, `${path} key`)] = read(member, `${path}.${name}`);
    }
    return parsed;
  };

const readAbility: Reader<Ability> = (value, path) => {
  const members = readMembers(value, path);
  return {
    theta: readNumber(members.theta, `${path}.theta`),
    sd: readNumber(members.sd, `${path}.sd`),
    score: readNumber(members.score, `${path}.score`),
    sources: listOf(readString)(members.sources, `${path}.sources`),
    benchmarkCount: readCount(members.benchmarkCount, `${path}.benchmarkCount`),
    newestDate: nullable(readString)(members.newestDate, `${path}.newestDate`),
    extrapolated: readBoolean(members.extrapolated, `${path}.extrapolated`),
  };
};

const readPrices: Reader<CatalogModel["prices"]> = (value, path) => {
  const members = readMembers(value, path);
  const optional = nullable(readCount);
  return {
    promptMicroUsdPerMillion: readCount(members.promptMicroUsdPerMillion, `${path}.promptMicroUsdPerMillion`),
    completionMicroUsdPerMillion: readCount(
      members.completionMicroUsdPerMillion,
      `${path}.completionMicroUsdPerMillion`,
    ),
    cacheReadMicroUsdPerMillion: optional(members.cacheReadMicroUsdPerMillion, `${path}.cacheReadMicroUsdPerMillion`),
    cacheWriteMicroUsdPerMillion: optional(
      members.cacheWriteMicroUsdPerMillion,
      `${path}.cacheWriteMicroUsdPerMillion`,
    ),
  };
};

const readCapabilities: Reader<CatalogModel["capabilities"]> = (value, path) => {
  const members = readMembers(value, path);
  return {
    vision: readBoolean(members.vision, `${path}.vision`),
    tools: readBoolean(members.tools, `${path}.tools`),
    json: readBoolean(members.json, `${path}.json`),
    reasoning: readBoolean(members.reasoning, `${path}.reasoning`),
  };
};

const readCost: Reader<MediumTaskCost> = (value, path) => {
  const members = readMembers(value, path);
  return {
    microUsd: readCount(members.microUsd, `${path}.microUsd`),
    basis: readWord(["measured", "profile"], members.basis, `${path}.basis`),
    assumedCachePrice: readBoolean(members.assumedCachePrice, `${path}.assumedCachePrice`),
    source: readString(members.source, `${path}.source`),
  };
};

/** Rows stored before benchmarks and speed were kept lack them: that is "not known", not a wrong shape. */
const readBenchmarks: Reader<CatalogModel["benchmarks"]> = (value, path) =>
  value === undefined
    ? {}
    : Object.fromEntries(
        Object.entries(readMembers(value, path)).map(([name, v]) => [name, readNumber(v, `${path}.${name}`)]),
      );

const readSpeed: Reader<CatalogModel["speed"]> = (value, path) => {
  if (value === undefined) return { outputTokensPerSecond: null, timeToFirstTokenS: null };
  const members = readMembers(value, path);
  return {
    outputTokensPerSecond: nullable(readNumber)(members.outputTokensPerSecond, `${path}.outputTokensPerSecond`),
    timeToFirstTokenS: nullable(readNumber)(members.timeToFirstTokenS, `${path}.timeToFirstTokenS`),
  };
};

const readModel: Reader<CatalogModel> = (value, path) => {
  const members = readMembers(value, path);
  return {
    id: readString(members.id, `${path}.id`),
    effort: readWord(EFFORTS, members.effort, `${path}.effort`),
    name: readString(members.name, `${path}.name`),
    vendor: readString(members.vendor, `${path}.vendor`),
    kind: readWord(ENTRY_KINDS, members.kind, `${path}.kind`),
    priceTier: readWord(PRICE_TIERS, members.priceTier, `${path}.priceTier`),
    prices: readPrices(members.prices, `${path}.prices`),
    contextTokens: readCount(members.contextTokens, `${path}.contextTokens`),
    maxOutputTokens: nullable(readCount)(members.maxOutputTokens, `${path}.maxOutputTokens`),
    capabilities: readCapabilities(members.capabilities, `${path}.capabilities`),
    abilities: byDomain(readAbility)(members.abilities, `${path}.abilities`),
    cost: readCost(members.cost, `${path}.cost`),
    speed: readSpeed(members.speed, `${path}.speed`),
    benchmarks: readBenchmarks(members.benchmarks, `${path}.benchmarks`),
    releaseDate: nullable(readString)(members.releaseDate, `${path}.releaseDate`),
  };
};

const readPrior: Reader<{ readonly thetaMean: number; readonly thetaSd: number }> = (value, path) => {
  const members = readMembers(value, path);
  return {
    thetaMean: readNumber(members.thetaMean, `${path}.thetaMean`),
    thetaSd: readNumber(members.thetaSd, `${path}.thetaSd`),
  };
};

/** Rows are addressed by (id, effort): a second row of the same name would be served or lost by chance. */
function refuseDuplicates(models: readonly CatalogModel[]): void {
  const seen = new Set<string>();
  models.forEach(({ id, effort }, i) => {
    const key = `${id} ${effort}`;
    if (seen.has(key)) throw new WrongShape(`models[${i}]`, `one row of ${key}`);
    seen.add(key);
  });
}

function readCatalogValue(value: unknown): Catalog {
  const members = readMembers(value, "catalogue");
  const models = listOf(readModel)(members.models, "models");
  refuseDuplicates(models);
  return {
    version: readString(members.version, "version"),
    generatedAt: readString(members.generatedAt, "generatedAt"),
    models,
    priors: byDomain(readPrior)(members.priors, "priors"),
    attribution: listOf(readString)(members.attribution, "attribution"),
  };
}

/** A catalogue from unknown JSON; fields it does not know are left out. Fault: malformed_data naming the first wrong value. */
export function parseCatalog(value: unknown): Result<Catalog> {
  try {
    return ok(readCatalogValue(value));
  } catch (thrown) {
    if (thrown instanceof WrongShape) {
      return fail({ kind: "malformed_data", what: "catalogue", detail: thrown.detail });
    }
    throw thrown;
  }
}
