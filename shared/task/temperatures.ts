import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import type { Head } from "./labels.ts";

/** Divisor of each head's logits before softmax, fitted on held-out tasks (temperature_scaling.json). */
export type Temperatures = Readonly<Record<Head, number>>;

const isTemperature = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

/** `{complexity, task_type, risk}`, each above 0; else `malformed_data`. */
export function parseTemperatures(json: unknown): Result<Temperatures> {
  const { complexity, task_type, risk }: Readonly<Record<string, unknown>> =
    typeof json === "object" && json !== null ? { ...json } : {};
  if (isTemperature(complexity) && isTemperature(task_type) && isTemperature(risk)) {
    return ok({ complexity, task_type, risk });
  }
  const detail = "wants a positive number for each of complexity, task_type, risk";
  return fail({ kind: "malformed_data", what: "temperature_scaling", detail });
}
