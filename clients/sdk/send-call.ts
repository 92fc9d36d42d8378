import type { Answer, ApiFault } from "./api-fault.ts";
import { readAnswer } from "./read-answer.ts";
import { LEAST_DELAY_MS, readRetryAfterMs, toBackoffMs } from "./retry-delay.ts";

/** What the client stands on; a test gives its own. */
export interface Transport {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Limits {
  readonly timeoutMs: number;
  readonly maxTries: number;
  /** Of all waits between tries together; a longer Retry-After ends the call with its fault. */
  readonly maxWaitMs: number;
}

export interface Call {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Whether sending it twice does no more than sending it once. */
  readonly isRepeatable: boolean;
  /** Dotted paths that the answer's data must hold. */
  readonly needs: readonly string[];
}

/** A fault's system code where it names one. Its message is not read: it may quote what was sent. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return "network";
  if (error.name === "TimeoutError") return "timeout";
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : "network";
}

interface Tried {
  readonly answer: Answer<unknown>;
  /** null = trying again cannot help; else how long the server asked to wait, or "any". */
  readonly retryIn: number | "any" | null;
}

/** Statuses that say "later": too many requests, a part that is out of reach for the moment, a gateway that got no answer. */
const PASSING_STATUSES: readonly number[] = [429, 502, 503, 504];

const isPassing = (fault: ApiFault): boolean => fault.kind === "unreachable" || PASSING_STATUSES.includes(fault.status);

async function tryOnce(call: Call, transport: Transport, { timeoutMs }: Limits): Promise<Tried> {
  const { method, url, headers, body } = call;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    // A redirect would carry the key elsewhere.
    const response = await transport.fetch(url, { method, headers, body, signal, redirect: "manual" });
    const answer = await readAnswer(response, call.needs);
    if (answer.ok || !isPassing(answer.fault)) return { answer, retryIn: null };
    const asked = readRetryAfterMs(response.headers.get("retry-after"), transport.nowMs());
    return { answer, retryIn: asked ?? "any" };
  } catch (error) {
    const fault = { kind: "unreachable", reason: toReason(error) } as const;
    return { answer: { ok: false, fault }, retryIn: "any" };
  }
}

/**
 * Sends a call; a repeatable one again after 429, 502, 503, 504 and network faults, waiting as long as the server asks. Everything
 * else is answered as it came. Never throws for what the other side does.
 */
export async function sendCall(call: Call, transport: Transport, limits: Limits): Promise<Answer<unknown>> {
  let waitedMs = 0;
  for (let tries = 1; ; tries += 1) {
    const { answer, retryIn } = await tryOnce(call, transport, limits);
    if (retryIn === null || !call.isRepeatable || tries >= limits.maxTries) return answer;
    const delayMs = retryIn === "any" ? toBackoffMs(tries, transport.random()) : Math.max(retryIn, LEAST_DELAY_MS);
    if (waitedMs + delayMs > limits.maxWaitMs) return answer;
    waitedMs += delayMs;
    await transport.sleep(delayMs);
  }
}
