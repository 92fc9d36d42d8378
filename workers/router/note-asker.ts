import { ok, type Result } from "../../shared/base/result.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RouterDeps } from "./deps.ts";

/** A key to which a gated decision is handed out has asked for it, also where an earlier decision is given back. */
export async function noteAsker(
  record: Pick<DecisionRecord, "id" | "tenantId">,
  keyId: string | null,
  deps: Pick<RouterDeps, "saveAsker">,
): Promise<Result<void>> {
  if (keyId === null) return ok(undefined);
  return deps.saveAsker({ decisionId: record.id, tenantId: record.tenantId, keyId });
}
