import { fail, type Result } from "../../shared/base/result.ts";

export interface Patience {
  readonly timeoutMs: number;
  /** Ends early where the signal says so. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const unreached = (detail: string): Result<never> => fail({ kind: "unavailable", what: "router", detail });

/** An error over there, or no binding at all, is no error here. */
async function hear<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await ask();
  } catch (thrown) {
    return unreached(thrown instanceof Error ? thrown.name : "unknown");
  }
}

/** What a door of the router says within `timeoutMs`. Faults: the door's own; unavailable where it fails or stays silent. */
export async function askDoor<T>(ask: () => Promise<Result<T>>, { timeoutMs, pause }: Patience): Promise<Result<T>> {
  const over = new AbortController();
  const silence = pause(timeoutMs, over.signal).then(() => unreached("silent"));
  const answer = await Promise.race([hear(ask), silence]);
  over.abort();
  return answer;
}
