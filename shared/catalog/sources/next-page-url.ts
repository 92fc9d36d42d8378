import { ok, type Result } from "../../base/result.ts";
import { malformedSource, type SourceOrigin } from "./source.ts";

const MAX_LENGTH = 2048;
const DEFAULT_PORT = { http: "80", https: "443" } as const;

interface Address {
  /** "https://host:port", lower case, with its port written out. */
  readonly host: string;
  /** The same as it was written. */
  readonly prefix: string;
  readonly path: string;
}

/**
 * Address of the next page of a paged list, from the link that the payload gives and the address it came from; null
 * where there is none. A link may be a path, a query or a whole address, and must stay on the scheme, host and port it
 * came from: whoever can write the payload may not choose where the next request goes. Fault: malformed_data.
 */
export function nextPageUrl(
  next: unknown,
  { currentUrl, origin }: { readonly currentUrl: string; readonly origin: SourceOrigin },
): Result<string | null> {
  const refuse = (what: string): Result<never> => malformedSource(origin, `links.next: ${what}`);
  if (next === null || next === undefined || next === "") return ok(null);
  if (typeof next !== "string") return refuse("expected a text or null");
  if (next.length > MAX_LENGTH) return refuse(`longer than ${MAX_LENGTH} characters`);
  // Clients read a backslash as a slash and drop tabs and line breaks, so what is checked would not be what is fetched.
  if (/[^!-~]|\\/.test(next)) return refuse("a character that no address has");
  const current = readAddress(currentUrl);
  if (current === null) return refuse("the page itself has no http address");
  const link = next.replace(/#.*$/, "");
  const target = readAddress(resolve(link, current));
  if (target === null) return refuse("expected a path or an http address");
  if (target.host !== current.host) return refuse("leads to another host");
  const url = `${current.prefix}${target.path}`;
  return url === `${current.prefix}${current.path}` ? refuse("leads back to the same page") : ok(url);
}

function resolve(link: string, current: Address): string {
  if (link.startsWith("//")) return `${current.prefix.slice(0, current.prefix.indexOf(":") + 1)}${link}`;
  if (link.startsWith("/")) return `${current.prefix}${link}`;
  if (link.startsWith("?")) return `${current.prefix}${current.path.replace(/\?.*$/, "")}${link}`;
  return link;
}

/** null for anything but http and https, and for an address with a user name in it. */
function readAddress(url: string): Address | null {
  const match = /^((https?):\/\/((?:\[[0-9a-f:.]+\]|[^/?#:@[\]]+))(?::(\d{1,5}))?)([/?][^#]*)?$/i.exec(url);
  const [, prefix, scheme, host, port, path = "/"] = match ?? [];
  if (prefix === undefined || host === undefined) return null;
  const kind = scheme?.toLowerCase() === "https" ? "https" : "http";
  return { host: `${kind}://${host.toLowerCase()}:${port ?? DEFAULT_PORT[kind]}`, prefix, path };
}
