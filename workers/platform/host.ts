import { fail, ok, type Result } from "../../shared/base/result.ts";

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/;
const LOCAL_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];
const HOST = /^([^:@/]+|\[[0-9a-f:]+\])(:\d{1,5})?$/;

/** Whether a host, with or without a port, is this machine under one of its own names or the address that was bound. */
function isLocal(host: string, bindHost: string): boolean {
  const [, name] = HOST.exec(host.toLowerCase()) ?? [];
  return name !== undefined && (LOCAL_NAMES.includes(name) || name === bindHost);
}

/** A page of another site sends its own origin, or "null" where it hides it; what is no page sends none. */
const isForeign = (origin: string, bindHost: string): boolean =>
  !URL.canParse(origin) || !isLocal(new URL(origin).host, bindHost);

/**
 * What a loopback bind asks of a request. The Host header must name this machine: a page on the web whose name was
 * rebound to 127.0.0.1 would otherwise speak to the local service with the reader's rights. And no page of another site
 * may ask at all, since a link or an image is enough to send a GET. Elsewhere (`bindHost` "" when deployed) the platform
 * routes by host and every caller needs a key. Faults: host_not_allowed, forbidden.
 */
export function checkHost(request: Request, bindHost: string): Result<void> {
  if (!LOOPBACK.test(bindHost)) return ok(undefined);
  const host = request.headers.get("host") ?? new URL(request.url).host;
  if (!isLocal(host, bindHost)) return fail({ kind: "host_not_allowed" });
  const origin = request.headers.get("origin");
  const isCrossSite = request.headers.get("sec-fetch-site")?.toLowerCase() === "cross-site";
  if (isCrossSite || (origin !== null && isForeign(origin, bindHost))) {
    return fail({
      kind: "forbidden",
      message: "Cannot answer a page of another site: this service listens for its own machine",
    });
  }
  return ok(undefined);
}
