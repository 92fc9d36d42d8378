import { toRouteRequest } from "../../shared/contract/route.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import { toTaskText } from "../../shared/task/task.ts";

/** One parsed request for a run. */
export interface RunCommand {
  readonly tenantId: string;
  readonly keyId: string;
  readonly body: CreateRunBody;
  /** A preview may name models that no key reaches; it says so. */
  readonly isPreview: boolean;
}

/** What the classifier reads, and what every call of the run is told of the task. */
export const toText = ({ task, context }: CreateRunBody): string =>
  toTaskText({ task, files: context?.files ?? [], stack: context?.stack ?? [] });

/** What of the body the decision rule reads. */
export function toRequest({ budget, value_usd, preset, mode, verifier, context, constraints, task }: CreateRunBody) {
  return toRouteRequest({
    task,
    budget,
    value_usd,
    preset,
    mode,
    verifier: verifier === "external" ? verifier : undefined,
    context,
    constraints,
  });
}

/** Only a run that waits for a check outside is decided by what that check is worth. */
export const toRepository = ({ verifier, context }: CreateRunBody): string | undefined =>
  verifier === "external" ? context?.repository : undefined;
