import type { Effort } from "../../catalog/model.ts";
import type { EffortHint } from "./routing-file.ts";

const EFFORTS_OF: Readonly<Record<EffortHint, readonly Effort[]>> = {
  low: ["none", "minimal", "low"],
  medium: ["medium"],
  high: ["high", "xhigh", "max"],
};

/**
 * Whether the effort that a model ran at is the one its role hints at; null at `default`, where no effort was chosen and
 * so no hint could have been followed.
 */
export const isHintHonoured = (hint: EffortHint, effort: Effort): boolean | null =>
  effort === "default" ? null : EFFORTS_OF[hint].includes(effort);
