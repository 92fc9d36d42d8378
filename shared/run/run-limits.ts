import { PARTS_MAX } from "../prompt/splitter.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What a run gets when nobody says otherwise; money in integer micro-dollars. Choices, each to be overridden by policy or configuration. */
export const RUN_LIMITS = {
  /** Cap of a run. A client that asks without a person looking names a lower one itself. */
  capMicroUsd: 5_000_000,
  stepTimeoutMs: 180_000,
  runTimeoutMs: 30 * MINUTE_MS,
  runsPerTenant: 2,
  stepsPerTenant: 4,
  collective: { least: 2, usual: 3, most: 5 },
  /** Steps of one run at once; a worker has six connections to the outside. */
  fanOut: 6,
  partsMost: PARTS_MAX,
  /** How long a run waits for somebody before it ends with what it has. */
  waits: { awaiting_verdict: DAY_MS, awaiting_approval: 7 * DAY_MS, paused_budget: 7 * DAY_MS },
} as const;

/** Output tokens asked for, thinking included. An answer is a whole file at most; a verdict is one small object, a plan twenty short texts. */
export const OUTPUT_TOKENS = { call: 16_000, merge: 16_000, judge: 2_000, plan: 8_000 } as const;

/** UTF-8 bytes shown of earlier steps' outputs: enough for a long answer, and small against any context window of today. */
export const READ_BYTES = {
  candidate: 60_000,
  earlierTotal: 96_000,
  mergeTotal: 160_000,
  reasons: 4_000,
  evidence: 16_000,
} as const;
