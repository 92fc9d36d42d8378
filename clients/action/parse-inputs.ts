import { toApiUrl } from "../sdk/to-api-url.ts";
import { type Attempted, done, EXIT, stopWith } from "./stop.ts";

export const MODES = ["classify", "route", "run", "verdict"] as const;
export type Mode = (typeof MODES)[number];
const BUDGETS = ["low", "medium", "high", "any"] as const;
const RISKS = ["none", "medium", "high"] as const;
const SOURCES = ["ci", "person", "judge"] as const;
const VERIFIERS = ["none", "external"] as const;

export interface Inputs {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly mode: Mode;
  /** null = the event's own text. */
  readonly task: string | null;
  readonly taskId: string | null;
  readonly budget: (typeof BUDGETS)[number] | null;
  readonly maxUsd: number | null;
  readonly verifier: (typeof VERIFIERS)[number];
  readonly waitS: number;
  readonly labelPrefix: string;
  readonly failOnRisk: (typeof RISKS)[number];
  readonly decisionId: string | null;
  readonly attempt: number | null;
  /** null = said by the event (workflow_run), or not at all. */
  readonly accepted: string | null;
  /** What the judged attempt really cost, by the agent's own word; null where it said nothing. */
  readonly costUsd: number | null;
  readonly evidenceFile: string | null;
  readonly source: (typeof SOURCES)[number];
  readonly repository: string | null;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** As the runner hands them over: upper case, spaces to underscores, hyphens kept. */
const readInput = (env: Env, name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim();

/** Thrown inside parseInputs() alone, so that each reader below stays one line. */
class BadInput extends Error {}

/** Quoted for a message; long or odd values are cut, for they may be a whole prompt. */
const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const refuse = (name: string, text: string, wanted: string): never => {
  throw new BadInput(`Cannot read the input ${name} ${quote(text)}: expected ${wanted}`);
};

function oneOf<const T extends string>(env: Env, name: string, { of, or }: { of: readonly T[]; or: T }): T {
  const text = readInput(env, name);
  if (text === "") return or;
  return (
    of.find((known) => known === text) ?? refuse(name, text, `one of ${of.filter((known) => known !== "").join(", ")}`)
  );
}

interface NumberRule {
  readonly pattern: RegExp;
  readonly least: number;
  readonly most: number;
  readonly wanted: string;
}

function numberOf(env: Env, name: string, { pattern, least, most, wanted }: NumberRule): number | null {
  const text = readInput(env, name);
  if (text === "") return null;
  const value = pattern.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : refuse(name, text, wanted);
}

function textOf(env: Env, name: string, { pattern, wanted }: { pattern: RegExp; wanted: string }): string | null {
  const text = readInput(env, name);
  if (text === "") return null;
  return pattern.test(text) ? text : refuse(name, text, wanted);
}

const DECIMAL = /^\d{1,7}(\.\d{1,6})?$/;
/** Agents print what they cost to more digits than a micro-dollar has, and small amounts as 4.2e-05. */
const PAID = /^\d{1,7}(\.\d{1,20})?([eE]-\d{1,2})?$/;
const WHOLE = /^\d{1,5}$/;
/** As the API takes it; a test holds the two together. */
export const REPOSITORY = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/\.{0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/,
  wanted: "owner/name",
};

function toApiKey(env: Env): string {
  const text = readInput(env, "api-key");
  // Never quoted, whatever it is.
  if (text === "")
    throw new BadInput(
      "The input api-key is empty: set it to a secret of the repository (forks and Dependabot are given none)",
    );
  if (!/^[\x21-\x7e]{8,200}$/.test(text))
    throw new BadInput("Cannot read the input api-key: expected 8 to 200 visible ASCII characters without spaces");
  return text;
}

function toBase(env: Env): string {
  const text = readInput(env, "api-url");
  if (text === "") throw new BadInput("The input api-url is empty: expected the address of your router");
  const url = toApiUrl(text);
  if (!url.ok) throw new BadInput(url.message);
  return url.url;
}

/** A forge that is not GitHub may name repositories otherwise: their verdicts go without. */
function toOwnRepository({ GITHUB_REPOSITORY: name = "" }: Env): string | null {
  return REPOSITORY.pattern.test(name) ? name : null;
}

function toCostUsd(env: Env): number | null {
  const wanted = "what the attempt cost in USD, such as 0.42";
  const usd = numberOf(env, "cost-usd", { pattern: PAID, least: 0, most: 1_000_000, wanted });
  return usd === null ? null : Math.round(usd * 1e6) / 1e6;
}

function readAll(env: Env): Inputs {
  const band = oneOf(env, "budget", { of: ["", ...BUDGETS], or: "" });
  const task = readInput(env, "task");
  return {
    apiUrl: toBase(env),
    apiKey: toApiKey(env),
    mode: oneOf(env, "mode", { of: MODES, or: "route" }),
    task: task === "" ? null : task,
    taskId: textOf(env, "task-id", { pattern: /^[\x21-\x7e]{1,200}$/, wanted: "1 to 200 visible ASCII characters" }),
    budget: band === "" ? null : band,
    maxUsd: numberOf(env, "max-usd", {
      pattern: DECIMAL,
      least: 0.000001,
      most: 1_000_000,
      wanted: "an amount above 0 in USD, such as 2 or 0.50",
    }),
    verifier: oneOf(env, "verifier", { of: VERIFIERS, or: "none" }),
    waitS:
      numberOf(env, "wait", { pattern: WHOLE, least: 0, most: 21_600, wanted: "seconds, 0 to 21600 (six hours)" }) ??
      600,
    labelPrefix:
      textOf(env, "label-prefix", {
        pattern: /^[\w .:/-]{1,30}$/,
        wanted: "at most 30 letters, digits and . : / - _",
      }) ?? "",
    failOnRisk: oneOf(env, "fail-on-risk", { of: RISKS, or: "none" }),
    decisionId: textOf(env, "decision-id", {
      pattern: /^[\w-]{1,100}$/,
      wanted: "the output decision-id of a route step",
    }),
    attempt: numberOf(env, "attempt", { pattern: WHOLE, least: 0, most: 20, wanted: "the output attempt, 0 to 20" }),
    accepted: textOf(env, "accepted", {
      pattern: /^\w{1,30}$/,
      wanted: "true, false, or the outcome of a step or job",
    }),
    costUsd: toCostUsd(env),
    evidenceFile: textOf(env, "evidence-file", { pattern: /^[^\0]{1,1000}$/, wanted: "the path of a log" }),
    source: oneOf(env, "source", { of: SOURCES, or: "ci" }),
    repository: textOf(env, "repository", REPOSITORY) ?? toOwnRepository(env),
  };
}

/** All inputs, checked. Stop: badInput, with the input's name, its value and what is wanted; never the key or the address. */
export function parseInputs(env: Env): Attempted<Inputs> {
  try {
    const inputs = readAll(env);
    if (inputs.mode === "verdict" && inputs.decisionId === null)
      return stopWith(EXIT.badInput, "The input decision-id is empty: mode verdict needs that of the route step");
    return done(inputs);
  } catch (error) {
    if (error instanceof BadInput) return stopWith(EXIT.badInput, error.message);
    throw error;
  }
}
