import limitsJson from "../data/refresh-limits.json" with { type: "json" };

/** Thresholds of the guards. Shares are 0..1. */
export interface GuardLimits {
  readonly countDrop: { readonly maxShare: number };
  /** `minLinked`: below so many linked models a domain is too small to judge. */
  readonly coverageDrop: { readonly maxDrop: number; readonly minLinked: number };
  readonly massShift: { readonly points: number; readonly maxShare: number; readonly minModels: number };
  readonly indexVersion: { readonly holdHours: number };
}

/** The constants of a refresh; numbers and their sources live in data/refresh-limits.json alone. */
export const REFRESH_LIMITS: {
  readonly guards: GuardLimits;
  readonly carry: { readonly maxDays: number };
  readonly history: { readonly keepSnapshots: number };
  readonly requests: { readonly perHour: number; readonly estimatedSeconds: number; readonly keepDays: number };
  readonly lease: { readonly ms: number };
  readonly diffLog: { readonly maxItems: number };
} = limitsJson;
