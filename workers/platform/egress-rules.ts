import { fail, ok, type Result } from "../../shared/base/result.ts";
import { isInternalHost, isLoopbackHost } from "./internal-host.ts";

/** Where this deployment may send requests, and how. */
export interface EgressRules {
  /** `host` or `host:port`, lower case; nothing else is ever called. */
  readonly allowedHosts: readonly string[];
  /** Lets listed loopback hosts be called over http, for a provider on the same machine. */
  readonly allowLoopbackHttp: boolean;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** Hosts as a deployment lists them, by comma. */
export const parseHostList = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split(",")
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "");

const refuse = (message: string): Result<never> => fail({ kind: "forbidden", message });

/**
 * The URL, if the rules let it be called. Host and port are compared as the URL parser wrote them; an address inside
 * this machine or its network is refused even where it is listed, loopback in development excepted.
 */
export function checkOutsideUrl(text: string, rules: EgressRules): Result<URL> {
  if (!URL.canParse(text)) return refuse("Cannot call this address: expected a whole https URL");
  const url = new URL(text);
  const isOpenLoopback = rules.allowLoopbackHttp && isLoopbackHost(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isOpenLoopback)) {
    return refuse("Cannot call this address: expected https");
  }
  if (!isOpenLoopback && isInternalHost(url.hostname)) return refuse("Cannot call an address inside a network");
  if (url.username !== "" || url.password !== "") return refuse("Cannot call an address that carries credentials");
  if (!rules.allowedHosts.includes(url.host)) {
    return refuse(`Cannot call host ${JSON.stringify(url.host.slice(0, 100))}: it is not on this deployment's list`);
  }
  return ok(url);
}
