import { fail, ok, type Result } from "../../shared/base/result.ts";
import { log } from "./log.ts";

/** An IPv6 subscriber owns a whole /64: counting single addresses would give one caller 2^64 budgets. */
function toPrefix(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const missing = address.includes("::")
    ? 8 - groups.length - tail.split(":").filter((group) => group !== "").length
    : 0;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...tail.split(":")].slice(0, 4).join(":");
}

/**
 * Whom a request is counted under. Only the deployed platform writes cf-connecting-ip itself; anywhere else a header
 * is the caller's word, so all callers of a local host count as one.
 */
export function clientAddress(request: Request, platform: string): string {
  const address = platform === "cloudflare" ? request.headers.get("cf-connecting-ip") : null;
  return address === null ? "local" : toPrefix(address.toLowerCase());
}

export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/**
 * Counts one request under each key. Fault: rate_limited with the whole period as the wait, which is always enough.
 * A limiter that fails lets the request pass, with a log line: it is approximate by its own documentation and guards
 * no money, so its failure must not become an outage.
 */
export async function checkRateLimit(input: {
  readonly limiter: RateLimiter;
  readonly keys: readonly string[];
  readonly periodS: number;
}): Promise<Result<void>> {
  try {
    const answers = await Promise.all(input.keys.map((key) => input.limiter.limit({ key })));
    if (answers.every((answer) => answer.success)) return ok(undefined);
    return fail({ kind: "rate_limited", retryAfterS: input.periodS });
  } catch (thrown) {
    log({ level: "error", event: "rate_limiter_failed", detail: thrown instanceof Error ? thrown.name : "unknown" });
    return ok(undefined);
  }
}
