import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Scope } from "../../shared/contract/door.ts";
import { isWellFormedKey } from "./api-key.ts";
import { equalDigests, sha256Hex } from "./crypto.ts";
import type { ApiKeyRow } from "./d1/api-keys-store.ts";

export { SCOPES, type Scope } from "../../shared/contract/door.ts";

/** Who asks. */
export interface Principal {
  readonly tenantId: string;
  /** null for an anonymous request. */
  readonly keyId: string | null;
  readonly scopes: readonly Scope[];
  readonly anonymous: boolean;
}

/** The tenant of requests without a key: its feedback moves its own picks and nobody else's. */
export const ANONYMOUS_TENANT = "anonymous";

const toAnonymous = (scopes: readonly Scope[]): Principal => ({
  tenantId: ANONYMOUS_TENANT,
  keyId: null,
  scopes,
  anonymous: true,
});

export interface AuthDeps {
  readonly anonymousRead: boolean;
  /** Whether requests without a key may also say how work went; not without reading. */
  readonly anonymousFeedback: boolean;
  readonly readKeyByHash: (hash: string) => Promise<Result<ApiKeyRow | null>>;
}

/**
 * The principal of a request by its `Authorization: Bearer` header. Without the header: anonymous where the
 * deployment allows it. A header that is there but wrong is never taken as anonymous. Faults: unauthorized, the same
 * for a malformed, an unknown and a revoked key; unavailable.
 */
export async function authenticate(request: Request, deps: AuthDeps): Promise<Result<Principal>> {
  const header = request.headers.get("authorization");
  if (header === null) {
    if (!deps.anonymousRead) return fail({ kind: "unauthorized" });
    return ok(toAnonymous(deps.anonymousFeedback ? ["read", "feedback"] : ["read"]));
  }
  const [, key] = /^bearer ([!-~]{1,200})$/i.exec(header) ?? [];
  if (key === undefined || !isWellFormedKey(key)) return fail({ kind: "unauthorized" });
  const hash = await sha256Hex(key);
  const found = await deps.readKeyByHash(hash);
  if (!found.ok) return found;
  const row = found.value;
  if (row === null || row.revokedAtMs !== null || !equalDigests(row.hash, hash)) return fail({ kind: "unauthorized" });
  return ok({ tenantId: row.tenantId, keyId: row.id, scopes: row.scopes, anonymous: false });
}

/**
 * `admin` stands for every scope but `approve`: lifting a human gate is another duty than running the service, so
 * it has to be given on purpose.
 */
const holdsScope = (scopes: readonly Scope[], scope: Scope): boolean =>
  scopes.includes(scope) || (scope !== "approve" && scopes.includes("admin"));

/** Faults: unauthorized when a key might help, forbidden when this key does not. */
export function requireScope(principal: Principal, scope: Scope): Result<void> {
  if (holdsScope(principal.scopes, scope)) return ok(undefined);
  if (principal.anonymous) return fail({ kind: "unauthorized" });
  return fail({
    kind: "forbidden",
    message: `Cannot do this with the key given: it lacks the scope ${scope} (npm run key -- create --scope ${scope})`,
  });
}
