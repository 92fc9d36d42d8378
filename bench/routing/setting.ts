import { createHash } from "node:crypto";
import { toCanonicalJson } from "../../shared/base/canonical-json.ts";
import parametersJson from "../../shared/data/parameters.json" with { type: "json" };
import type { Preset } from "../../shared/policy/policy.ts";
import { defaultPolicy, PRESETS } from "../../shared/policy/policy.ts";

/** A simulated check after an attempt: how often it accepts what is right and rejects what is wrong, and its price. */
export interface Verifier {
  readonly tpr: number;
  readonly tnr: number;
  readonly usdPerVerdict: number;
}

/** One way to ask decide(): the shipped policy with a worth of a solved medium task, with or without floor and verifier. */
export interface Setting {
  readonly name: string;
  readonly valueMicroUsd: number;
  readonly floor: boolean;
  readonly verifier: Verifier | null;
}

/** TPR + TNR - 1. */
export const youdenJ = ({ tpr, tnr }: Verifier): number => tpr + tnr - 1;

/** Qualities from what trained patch verifiers reach (about .7) to a good test suite; a verdict costs two cents. */
const VERIFIERS: readonly Verifier[] = [0.7, 0.8, 0.9].map((rate) => ({ tpr: rate, tnr: rate, usdPerVerdict: 0.02 }));

const { presets } = parametersJson.value;

const toSetting = (preset: Preset, floor: boolean, verifier: Verifier | null): Setting => ({
  name: `${preset}${floor ? "" : ", no floor"}`,
  valueMicroUsd: presets[preset],
  floor,
  verifier,
});

/** Worths between frugal and balanced, where the measured switch from a cheap to a strong model lies (2.6 to 8.2 USD). */
const BETWEEN_USD = [2, 3];

/**
 * Text alone decides: the presets as shipped, the same with the floor for hard and risky work off, and two worths
 * at which the picks are split, for there the text could matter most.
 */
export const TEXT_SETTINGS: readonly Setting[] = [
  ...[true, false].flatMap((floor) => PRESETS.map((preset) => toSetting(preset, floor, null))),
  ...BETWEEN_USD.map((usd) => ({
    name: `V $${usd}, no floor`,
    valueMicroUsd: usd * 1_000_000,
    floor: false,
    verifier: null,
  })),
];

/** Text and a check from outside; `frugal` and `balanced` only, where a second attempt can pay. */
export const CASCADE_SETTINGS: readonly Setting[] = VERIFIERS.flatMap((verifier) =>
  [true, false].flatMap((floor) =>
    (["frugal", "balanced"] as const).map((preset) => toSetting(preset, floor, verifier)),
  ),
);

/** Worths that are swept, USD of a solved medium task. */
const SWEPT_VALUES_USD = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100, 200];

export interface Sweep {
  readonly name: string;
  readonly settings: readonly Setting[];
}

const toSweep = (name: string, over: Pick<Setting, "floor" | "verifier">): Sweep => ({
  name,
  settings: SWEPT_VALUES_USD.map((usd) => ({ name: `V $${usd}`, valueMicroUsd: Math.round(usd * 1e6), ...over })),
});

/** One pick a task at every worth, with and without floor. */
export const TEXT_SWEEPS: readonly Sweep[] = [
  toSweep("text", { floor: true, verifier: null }),
  toSweep("text, no floor", { floor: false, verifier: null }),
];

/** The same with a check from outside, floor off: what the verdicts are worth. */
export const CASCADE_SWEEPS: readonly Sweep[] = VERIFIERS.map((verifier) =>
  toSweep(`verifier J ${youdenJ(verifier).toFixed(1)}, no floor`, { floor: false, verifier }),
);

/** Everything that decides beside tasks and pool, fixed before any outcome is read: its SHA-256. */
export function toPolicyDigest(): string {
  const all = [defaultPolicy, parametersJson, TEXT_SETTINGS, CASCADE_SETTINGS, TEXT_SWEEPS, CASCADE_SWEEPS];
  return createHash("sha256").update(toCanonicalJson(all)).digest("hex");
}
