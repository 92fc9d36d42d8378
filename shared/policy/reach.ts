import type { TaskType } from "../task/labels.ts";
import type { Reach } from "./candidate.ts";
import type { DecideInput } from "./decision.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Driver, Policy } from "./policy.ts";

/** The reaches of one maker's models that are left after each of the three filters on them; best first. */
export interface VendorReach {
  readonly drivers: readonly Driver[];
  readonly byProvider: readonly Reach[];
  readonly open: readonly Reach[];
}

type ReachInput = Pick<DecideInput, "policy" | "request" | "providerState">;

/** null = the kind of task is not known, so that no driver is preferred. */
type AskedTaskType = TaskType | null;

function toBonus(policy: Policy, taskType: AskedTaskType, driver: Driver): number {
  if (taskType === null) return 0;
  return Math.min(policy.driverPreference[taskType]?.[driver] ?? 0, PARAMETERS.driverBonusMax);
}

/** All (driver, provider) pairs of `drivers` that policy and request let through, in table order. */
function toReaches(drivers: readonly Driver[], input: ReachInput, taskType: AskedTaskType): readonly Reach[] {
  const { policy, request, providerState } = input;
  const wanted = request.constraints.provider;
  const penaltyOf = (provider: string): number =>
    providerState.penalties.reduce((sum, row) => sum + (row.provider === provider ? row.microUsd : 0), 0);
  return drivers.flatMap((driver) =>
    (PARAMETERS.driverProviders.get(driver) ?? [])
      .filter((provider) => policy.providers.includes(provider) && (wanted === null || provider === wanted))
      .map((provider) => ({
        driver,
        provider,
        bonus: toBonus(policy, taskType, driver),
        penaltyMicroUsd: penaltyOf(provider),
      })),
  );
}

/**
 * How a maker's models can be run: preferred driver for the task type first, then the least penalty, then the order
 * of the tables (sort is stable).
 */
export function toVendorReach(vendor: string, input: ReachInput, taskType: AskedTaskType): VendorReach {
  const { policy, request, providerState } = input;
  const able = PARAMETERS.vendorDrivers.get(vendor) ?? PARAMETERS.vendorDrivers.get("*") ?? [];
  const wanted = request.constraints.driver;
  const drivers = able.filter((driver) => policy.drivers.includes(driver) && (wanted === null || driver === wanted));
  const byProvider = [...toReaches(drivers, input, taskType)].sort(
    (a, b) => b.bonus - a.bonus || a.penaltyMicroUsd - b.penaltyMicroUsd,
  );
  const open = byProvider.filter((reach) => !providerState.excluded.some((row) => row.provider === reach.provider));
  return { drivers, byProvider, open };
}
