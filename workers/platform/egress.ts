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
  readonly bytes: Uint8Array<ArrayBuffer>;
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

/** What a status has to do with a body: a 304 names a body that it does not bring, though it may state its length. */
const NOT_MODIFIED = 304;

const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== NOT_MODIFIED;

/** Length that the answer states for its body as it will be read; null where it states none or sends it compressed. */
function statedLength({ status, headers }: Response): number | null {
  const text = headers.get("content-length") ?? "";
  return status !== NOT_MODIFIED && !headers.has("content-encoding") && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

async function readBody(response: Response, { host, limitBytes }: { host: string; limitBytes: number }) {
  const tooLong = fail({
    kind: "malformed_data",
    what: "answer from outside",
    detail: `more than ${limitBytes} bytes`,
  });
  const stated = statedLength(response);
  if (stated !== null && stated > limitBytes) {
    await response.body?.cancel();
    return tooLong;
  }
  const bytes = await readCapped(response.body, limitBytes);
  if (bytes === null) return tooLong;
  if (stated !== null && bytes.length < stated) {
    return fail({ kind: "unavailable", what: host, detail: `broke off after ${bytes.length} of ${stated} bytes` });
  }
  return ok(bytes);
}

/**
 * Sends one request to the outside; nothing else in the workers does. Redirects are not followed: they would carry a
 * key to a host that nobody listed. Any other status is an answer. Faults: forbidden (host, scheme, redirect);
 * unavailable (network, timeout, a body that breaks off); malformed_data (more than `limitBytes`, stated or read).
 */
export async function fetchOutside(request: OutsideRequest, rules: EgressRules): Promise<Result<OutsideAnswer>> {
  const url = checkOutsideUrl(request.url, rules);
  if (!url.ok) return url;
  const { host } = url.value;
  const { method, headers, body, timeoutMs, limitBytes } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  let status: number | null = null;
  try {
    const response = await rules.fetch(url.value.href, { method, headers, body, redirect: "manual", signal });
    status = response.status;
    if (isRedirect(status)) {
      await response.body?.cancel();
      return refuse(`Cannot follow host ${host} elsewhere: it answered with a redirect`);
    }
    const bytes = await readBody(response, { host, limitBytes });
    return bytes.ok ? ok({ status, headers: response.headers, bytes: bytes.value }) : bytes;
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : "unknown";
    const broken = status === null ? name : `broke off after status ${status}: ${name}`;
    const detail = signal.aborted ? `no ${status === null ? "" : "whole "}answer within ${timeoutMs} ms` : broken;
    return fail({ kind: "unavailable", what: host, detail });
  }
}
