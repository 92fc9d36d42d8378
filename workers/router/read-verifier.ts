import { ok, type Result } from "../../shared/base/result.ts";
import type { VerifierQuality } from "../../shared/policy/decision.ts";
import { isMeasured } from "../../shared/policy/verifier-quality.ts";
import type { MeasuredVerifier } from "../platform/d1/verifiers-store.ts";
import type { RouteCommand } from "./route-command.ts";
import type { VerifierDeps } from "./verifier-deps.ts";

/** Those who judge from outside, the one that every change meets first: it is what a request that names nobody means. */
const OUTSIDE = ["ci", "person"] as const;

/**
 * The outside verifier of a repository that enough is known of: its CI, or its people where CI was not measured. The better
 * of two would lend one's merit to the other. null = nothing is otherwise than without a repository. Faults: unavailable, malformed_data.
 */
export async function readOutsideVerifier(
  tenantId: string,
  repository: string | null,
  deps: Pick<VerifierDeps, "readVerifiers">,
): Promise<Result<MeasuredVerifier | null>> {
  if (repository === null) return ok(null);
  const verifiers = await deps.readVerifiers(tenantId, repository);
  if (!verifiers.ok) return verifiers;
  const [first = null] = OUTSIDE.flatMap((source) =>
    verifiers.value.filter((verifier) => verifier.source === source && isMeasured(verifier)),
  );
  return ok(first);
}

/** The same for a request to decide: as it brings it, else that of its repository. */
export const readVerifierOf = async (
  { tenantId, verifier, repository }: Pick<RouteCommand, "tenantId" | "verifier" | "repository">,
  deps: Pick<VerifierDeps, "readVerifiers">,
): Promise<Result<MeasuredVerifier | null>> =>
  verifier === undefined ? readOutsideVerifier(tenantId, repository ?? null, deps) : ok(verifier);

/** What decide() weighs of it; a verdict from outside costs us nothing. Whether it may gate is decide()'s own bound. */
export const toQuality = (verifier: MeasuredVerifier | null): VerifierQuality | null =>
  verifier === null || verifier.j === null || verifier.jLower === null
    ? null
    : { kind: "external", j: verifier.j, jLower: verifier.jLower, microUsdPerVerdict: 0 };
