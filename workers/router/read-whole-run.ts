import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { RouterDeps } from "./deps.ts";
import type { WholeRun } from "./present-run.ts";
import type { RunKey } from "./run-deps.ts";

/** A run with its steps and calls. Fault: not_found, the same for an unknown run, a foreign one and a probe. */
export async function readWholeRun(
  key: RunKey,
  deps: Pick<RouterDeps, "readRun" | "readRunSteps" | "readRunCalls">,
): Promise<Result<WholeRun>> {
  const [run, steps, calls] = await Promise.all([deps.readRun(key), deps.readRunSteps(key), deps.readRunCalls(key)]);
  if (!run.ok) return run;
  if (!steps.ok) return steps;
  if (!calls.ok) return calls;
  if (run.value.kind === "probe") return fail({ kind: "not_found", what: "run", id: key.runId });
  return ok({ run: run.value, steps: steps.value, calls: calls.value });
}
