import type { ModelFacts } from "./sources/model-facts.ts";
import { weightedMean } from "./weighted-mean.ts";

/** What is known of a model before any benchmark: release as a year with fraction, log of the completion price in USD. */
export interface ExpectationInput {
  readonly releasedYear: number;
  readonly logPrice: number;
}

export interface Expectation {
  readonly mean: number;
  readonly variance: number;
}

/** A well-known model: `level` is what its benchmarks alone say, so that the ridge cannot confirm itself. It counts `share`, 0..1. */
interface Sample extends ExpectationInput {
  readonly level: number;
  readonly share: number;
}

/** Fewer well-known models than this teach nothing about date and price. */
const LEAST_SAMPLES = 12;
/** A ridge on both slopes, in units of samples, against runs of few models. */
const SLOPE_RIDGE = 2;

/** Priced models with a release date; price and date are facts of the same source as the id. */
export function toKnown(facts: readonly ModelFacts[]): ReadonlyMap<string, ExpectationInput> {
  return new Map(
    facts.flatMap(({ id, kind, releaseDate, prices }) => {
      const match = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(releaseDate ?? "");
      if (kind !== "model" || match === null || prices.completionMicroUsdPerMillion <= 0) return [];
      const releasedYear = Number(match[1]) + (Number(match[2]) - 1) / 12 + (Number(match[3] ?? 15) - 1) / 365;
      return [[id, { releasedYear, logPrice: Math.log(prices.completionMicroUsdPerMillion / 1e6) }] as const];
    }),
  );
}

/**
 * Regression of well-known models' levels on release date and log price: over 50 models these two explain .84 of the
 * variance of the agentic level (date alone .67), and with them a composite of boards that share few models agrees
 * better with an index left out of it (168 models: rank correlation .88 -> .92, gross inversions 2.8 -> 1.5 %). The
 * answer is only a ridge target, with the residual spread as its variance. Inputs outside the samples' range are held
 * at its edge: the trend is not carried on into the future. null = too few samples.
 */
export function fitExpectations(samples: readonly Sample[]): ((known: ExpectationInput) => Expectation) | null {
  const shares = samples.map((s) => s.share);
  if (shares.reduce((a, b) => a + b, 0) < LEAST_SAMPLES) return null;
  const average = (of: (s: Sample) => number): number => weightedMean(samples.map(of), shares);
  const year = toAxis(
    samples.map((s) => s.releasedYear),
    shares,
  );
  const price = toAxis(
    samples.map((s) => s.logPrice),
    shares,
  );
  const centre = average((s) => s.level);
  const points = samples.map((s) => ({
    a: year(s.releasedYear),
    b: price(s.logPrice),
    y: s.level - centre,
    share: s.share,
  }));
  const sum = (of: (p: (typeof points)[number]) => number): number =>
    points.reduce((total, p) => total + p.share * of(p), 0);
  const aa = sum((p) => p.a * p.a) + SLOPE_RIDGE;
  const bb = sum((p) => p.b * p.b) + SLOPE_RIDGE;
  const ab = sum((p) => p.a * p.b);
  const ay = sum((p) => p.a * p.y);
  const by = sum((p) => p.b * p.y);
  const det = aa * bb - ab * ab;
  const slopeA = (ay * bb - by * ab) / det;
  const slopeB = (by * aa - ay * ab) / det;
  const residual = weightedMean(
    points.map((p) => (p.y - slopeA * p.a - slopeB * p.b) ** 2),
    shares,
  );
  return (known) => ({
    mean: centre + slopeA * year(known.releasedYear) + slopeB * price(known.logPrice),
    variance: residual,
  });
}

/** Standardises an input and holds it inside the range that was seen. */
function toAxis(values: readonly number[], shares: readonly number[]): (value: number) => number {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const centre = weightedMean(values, shares);
  const spread =
    Math.sqrt(
      weightedMean(
        values.map((v) => (v - centre) ** 2),
        shares,
      ),
    ) || 1;
  return (value) => (Math.min(high, Math.max(low, value)) - centre) / spread;
}
