const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export type ApiUrl = { readonly ok: true; readonly url: string } | { readonly ok: false; readonly message: string };

/**
 * The base address, cleaned. Only https, and plain http on this very machine: the key goes with every call. The message
 * of a refusal never quotes the address, which may hold a password.
 */
export function toApiUrl(text: string): ApiUrl {
  const refused = (wanted: string): ApiUrl => ({
    ok: false,
    message: `Cannot use the API address: expected ${wanted}`,
  });
  if (!URL.canParse(text)) return refused("an address such as https://spawnpoint.example.com");
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(text);
  if (username !== "" || password !== "") return refused("one without a user name and password");
  if (search !== "" || hash !== "") return refused("one without a query or fragment");
  const isLocal = protocol === "http:" && LOOPBACK.test(hostname);
  if (protocol !== "https:" && !isLocal) return refused("https (http only on this very machine)");
  return { ok: true, url: `${origin}${pathname.replace(/\/+$/, "")}` };
}
