import type { Result } from "../../shared/base/result.ts";

/** The router's door for a tracker's deliveries, which its receipt only keeps; reached by a service binding, never over HTTP. */
export interface DeliveryDoor {
  /** `ignored`: why nothing came of it. null = it was done already, or somebody does it. Faults: those that another try may mend. */
  carryOutDelivery(token: string): Promise<Result<{ readonly ignored: string | null } | null>>;
}
