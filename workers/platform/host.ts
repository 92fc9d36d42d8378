import { fail, ok, type Result } from "../../shared/base/result.ts";

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/;
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * On a loopback bind the Host header must name this machine: a page on the web whose name was rebound to 127.0.0.1
 * would otherwise speak to the local service with the reader's rights. Elsewhere (`bindHost` "" when deployed) the
 * platform routes by host. Fault: host_not_allowed.
 */
export function checkHost(request: Request, bindHost: string): Result<void> {
  if (!LOOPBACK.test(bindHost)) return ok(undefined);
  const host = request.headers.get("host") ?? new URL(request.url).host;
  return LOCAL_HOST.test(host) ? ok(undefined) : fail({ kind: "host_not_allowed" });
}
