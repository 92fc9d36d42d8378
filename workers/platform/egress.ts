import { fail, ok, type Result } from "../../shared/base/result.ts";
import { readCapped } from "./read-capped.ts";

/** Where this deployment may send requests, and how. */
export interface EgressRules {
  /** `host` or `host:port`, lower case; nothing else is ever called. */
  readonly allowedHosts: readonly string[];
  /** Lets listed loopback hosts be called over http, for a provider on the same machine. */
  readonly allowLoopbackHttp: boolean;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export interface OutsideRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole exchange, the last byte included. */
  readonly timeoutMs: number;
  readonly limitBytes: number;
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

const LOOPBACK_NAME = /^(localhost|127\.0\.0\.1|\[::1\])$/;

const refuse = (message: string): Result<never> => fail({ kind: "forbidden", message });

/** The URL, if the rules let it be called. Host and port are compared as the URL parser wrote them. */
export function checkOutsideUrl(text: string, rules: EgressRules): Result<URL> {
  if (!URL.canParse(text)) return refuse("Cannot call this address: expected a whole https URL");
  const url = new URL(text);
  const plainLoopback = url.protocol === "http:" && rules.allowLoopbackHttp && LOOPBACK_NAME.test(url.hostname);
  if (url.protocol !== "https:" && !plainLoopback) return refuse("Cannot call this address: expected https");
  if (url.username !== "" || url.password !== "") return refuse("Cannot call an address that carries credentials");
  if (!rules.allowedHosts.includes(url.host)) {
    return refuse(`Cannot call host ${JSON.stringify(url.host.slice(0, 100))}: it is not on this deployment's list`);
  }
  return ok(url);
}

/**
 * Sends one request to the outside; nothing else in the workers does. Redirects are not followed: they would carry a
 * key to a host that nobody listed. Any other status is an answer. Faults: forbidden (host, scheme, redirect);
 * unavailable (network, timeout); malformed_data (more than `limitBytes`).
 */
export async function fetchOutside(request: OutsideRequest, rules: EgressRules): Promise<Result<OutsideAnswer>> {
  const url = checkOutsideUrl(request.url, rules);
  if (!url.ok) return url;
  const { method, headers, body, timeoutMs, limitBytes } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await rules.fetch(url.value.href, { method, headers, body, redirect: "manual", signal });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      return refuse(`Cannot follow host ${url.value.host} elsewhere: it answered with a redirect`);
    }
    const bytes = await readCapped(response.body, limitBytes);
    if (bytes !== null) return ok({ status: response.status, headers: response.headers, bytes });
    return fail({ kind: "malformed_data", what: "answer from outside", detail: `more than ${limitBytes} bytes` });
  } catch (thrown) {
    const detail = signal.aborted
      ? `no answer within ${timeoutMs} ms`
      : thrown instanceof Error
        ? thrown.name
        : "unknown";
    return fail({ kind: "unavailable", what: url.value.host, detail });
  }
}
