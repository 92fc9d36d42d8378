import { fail, ok, type Result } from "../../shared/base/result.ts";

/** Whose manner of the wire format an endpoint speaks; `plain` is an OpenAI-compatible server of any make. */
export const DIALECTS = ["openrouter", "openai", "plain", "anthropic", "google"] as const;
export type Dialect = (typeof DIALECTS)[number];

/** How an endpoint's own name of a model comes from the catalogue's `vendor/name`. */
export const NAME_RULES = ["catalogue", "after_slash", "after_slash_dashed"] as const;
export type NameRule = (typeof NAME_RULES)[number];

/** One place that serves models. Its host is called, and gets its key, because it stands in this list. */
export interface ProviderEndpoint {
  readonly name: string;
  readonly dialect: Dialect;
  /** With the version, without a slash at the end. */
  readonly baseUrl: string;
  /** Whether answers are asked for as a stream; what comes is read by what it says it is. */
  readonly streaming: boolean;
  readonly needsKey: boolean;
  readonly modelNames: NameRule;
  /** Names that the rule does not give, by catalogue id. */
  readonly renamed: Readonly<Record<string, string>>;
}

const served = (
  name: string,
  baseUrl: string,
  rest: Pick<ProviderEndpoint, "dialect" | "modelNames">,
): ProviderEndpoint => ({ name, baseUrl, streaming: true, needsKey: true, renamed: {}, ...rest });

/** The four that every deployment knows; without a key none of them is called. */
export const DEFAULT_ENDPOINTS: readonly ProviderEndpoint[] = [
  served("openrouter", "https://openrouter.ai/api/v1", { dialect: "openrouter", modelNames: "catalogue" }),
  served("openai", "https://api.openai.com/v1", { dialect: "openai", modelNames: "after_slash" }),
  served("anthropic", "https://api.anthropic.com/v1", { dialect: "anthropic", modelNames: "after_slash_dashed" }),
  served("google", "https://generativelanguage.googleapis.com/v1beta", {
    dialect: "google",
    modelNames: "after_slash",
  }),
];

/** What the endpoint calls a model of the catalogue. */
export function toNativeModel(id: string, { modelNames, renamed }: ProviderEndpoint): string {
  if (Object.hasOwn(renamed, id)) return renamed[id] ?? id;
  if (modelNames === "catalogue") return id;
  const name = id.slice(id.indexOf("/") + 1);
  return modelNames === "after_slash" ? name : name.replaceAll(".", "-");
}

/** `host` or `host:port` of every endpoint: the list of hosts that model calls may reach. */
export const toAllowedHosts = (endpoints: readonly ProviderEndpoint[]): readonly string[] =>
  endpoints.map(({ baseUrl }) => new URL(baseUrl).host);

/** An own member of an entry; undefined where it is missing. */
const at = (entry: object, name: string): unknown => Object.getOwnPropertyDescriptor(entry, name)?.value;

const FIELDS = ["name", "dialect", "base_url", "streaming", "needs_key", "model_names", "renamed"];
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

const oneOf = <T extends string>(value: unknown, list: readonly T[], otherwise: T): T | null =>
  value === undefined ? otherwise : (list.find((item) => item === value) ?? null);

const flag = (value: unknown): boolean | null =>
  value === undefined ? true : typeof value === "boolean" ? value : null;

function toRenamed(value: unknown): Readonly<Record<string, string>> | null {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : null;
}

/** A base URL that paths can be put behind: nothing after the path, no credentials. */
function toBaseUrl(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, search, hash, username, password, href } = new URL(value);
  const isPlain = search === "" && hash === "" && username === "" && password === "";
  return /^https?:$/.test(protocol) && isPlain ? href.replace(/\/+$/, "") : null;
}

function toEndpoint(entry: unknown): ProviderEndpoint | string {
  if (typeof entry !== "object" || entry === null) return "an entry is no object";
  const unknown = Object.keys(entry).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return `${JSON.stringify(unknown.slice(0, 40))} is no field of an endpoint`;
  const name = at(entry, "name");
  if (typeof name !== "string" || !NAME.test(name)) return "name must be a lower-case word";
  const baseUrl = toBaseUrl(at(entry, "base_url"));
  const dialect = oneOf(at(entry, "dialect"), DIALECTS, "plain");
  const modelNames = oneOf(at(entry, "model_names"), NAME_RULES, "after_slash");
  const [streaming, needsKey] = [flag(at(entry, "streaming")), flag(at(entry, "needs_key"))];
  const renamed = toRenamed(at(entry, "renamed"));
  if (baseUrl === null) return `${name}: base_url must be a whole URL without query or credentials`;
  if (dialect === null) return `${name}: dialect must be one of ${DIALECTS.join(", ")}`;
  if (modelNames === null) return `${name}: model_names must be one of ${NAME_RULES.join(", ")}`;
  if (streaming === null || needsKey === null) return `${name}: streaming and needs_key must be true or false`;
  if (renamed === null) return `${name}: renamed must map ids to names`;
  return { name, dialect, baseUrl, streaming, needsKey, modelNames, renamed };
}

/**
 * The endpoints of a deployment: the four defaults, and those of `text`, a JSON list that adds to them or replaces one
 * of the same name. Only a deployment's own configuration may be read with this: who writes it chooses where keys go.
 * Fault: malformed_data.
 */
export function parseEndpoints(text: string): Result<readonly ProviderEndpoint[]> {
  const refuse = (detail: string) => fail({ kind: "malformed_data", what: "provider endpoints", detail });
  if (text.trim() === "") return ok(DEFAULT_ENDPOINTS);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return refuse("no JSON");
  }
  if (!Array.isArray(list)) return refuse("no list");
  const byName = new Map(DEFAULT_ENDPOINTS.map((one) => [one.name, one]));
  for (const entry of list) {
    const endpoint = toEndpoint(entry);
    if (typeof endpoint === "string") return refuse(endpoint);
    byName.set(endpoint.name, endpoint);
  }
  return ok([...byName.values()]);
}
