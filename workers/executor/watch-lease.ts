import type { Result } from "../../shared/base/result.ts";

export interface WatchDeps {
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Whether the lease stands; renewed where asked. */
  readonly hold: (renew: boolean) => Promise<Result<boolean>>;
}

/** A cancel is seen within this, and the socket closed with it. */
const POLL_MS = 1_000;
/** A third of the lease: two renewals may fail. */
const RENEW_MS = 10_000;
/** As long as the lease lasts without a word, less what stopping takes. */
const SILENT_MS = 25_000;

/**
 * Beside a running call: keeps its lease, and ends it once the lease is gone, which is how a cancel arrives. One of the
 * two places where a worker waits. Returns when `isOver` does.
 */
export async function watchLease(
  { isOver, abort }: { readonly isOver: () => boolean; readonly abort: () => void },
  deps: WatchDeps,
): Promise<void> {
  let heldMs = deps.nowMs();
  let renewedMs = heldMs;
  for (await deps.pause(POLL_MS); !isOver(); await deps.pause(POLL_MS)) {
    const nowMs = deps.nowMs();
    const renew = nowMs - renewedMs >= RENEW_MS;
    const held = await deps.hold(renew);
    if (held.ok && held.value) {
      heldMs = nowMs;
      if (renew) renewedMs = nowMs;
    } else if (held.ok || nowMs - heldMs > SILENT_MS) return abort();
  }
}
