import { createPublicKey, createVerify, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly id: number; readonly login: string; readonly type: "User" | "Bot" };
}

export interface FakeIssue {
  labels: string[];
  readonly comments: FakeComment[];
}

export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly code: number;
  readonly as: string;
}

/** An answer in place of the right one; null = the right one. */
export type Fault = (call: { readonly method: string; readonly path: string; readonly index: number }) => {
  readonly code: number;
  readonly headers?: Readonly<Record<string, string>>;
} | null;

interface FakeApp {
  readonly id: number;
  readonly installationId: number;
  /** Of its private key. */
  readonly publicKey: KeyObject;
}

export interface FakeGithub {
  readonly url: string;
  readonly calls: FakeCall[];
  /** By `owner/name#number`, lower case; what is not there is not found. */
  readonly issues: Map<string, FakeIssue>;
  /** What a token may do; a token that is not there is not known. */
  readonly tokens: Map<string, "write" | "read">;
  readonly tokensMade: string[];
  fault: Fault;
  close(): Promise<void>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly token: string;
}

interface Said {
  readonly code: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const BOT = { id: 4_242, login: "spawnpoint-test[bot]", type: "Bot" } as const;
const NOT_FOUND: Said = { code: 404, json: { message: "Not Found" } };
const BAD_CREDENTIALS: Said = { code: 401, json: { message: "Bad credentials" } };
const MOST_COMMENT_CHARS = 65_536;
const MOST_LABEL_CHARS = 50;

const field = (body: unknown, name: string): unknown => Object(body)[name];

/** As GitHub: labels that are not there are made, names are matched in either case, an unknown one is no answer. */
function onLabels(issue: FakeIssue, { method, body }: Asked, name: string | undefined): Said {
  const shown = (): Said => ({ code: 200, json: issue.labels.map((label) => ({ name: label })) });
  if (method === "GET") return shown();
  if (method === "POST" && name === undefined) {
    const labels: unknown = field(body, "labels");
    if (
      !Array.isArray(labels) ||
      labels.some((one) => typeof one !== "string" || one === "" || one.length > MOST_LABEL_CHARS)
    )
      return { code: 422, json: { message: "Validation Failed" } };
    issue.labels = [...new Set([...issue.labels, ...labels])];
    return shown();
  }
  if (method !== "DELETE" || name === undefined) return NOT_FOUND;
  const left = issue.labels.filter((label) => label.toLowerCase() !== name.toLowerCase());
  if (left.length === issue.labels.length) return { code: 404, json: { message: "Label does not exist" } };
  issue.labels = left;
  return shown();
}

const isText = (body: unknown): body is string =>
  typeof body === "string" && body !== "" && body.length <= MOST_COMMENT_CHARS;

function onComments(issue: FakeIssue, { method, body, query }: Asked, nextId: () => number): Said {
  if (method === "GET") {
    const [size, page] = [Math.min(100, Number(query.get("per_page") ?? 30)), Number(query.get("page") ?? 1)];
    return { code: 200, json: issue.comments.slice((page - 1) * size, page * size) };
  }
  const text = field(body, "body");
  if (method !== "POST") return NOT_FOUND;
  if (!isText(text)) return { code: 422, json: { message: "Validation Failed" } };
  const comment: FakeComment = { id: nextId(), body: text, user: BOT };
  issue.comments.push(comment);
  return { code: 201, json: comment };
}

function onComment(issues: ReadonlyMap<string, FakeIssue>, { method, body }: Asked, id: number): Said {
  const comment = [...issues.values()].flatMap(({ comments }) => comments).find((one) => one.id === id);
  if (comment === undefined || method !== "PATCH") return NOT_FOUND;
  const text = field(body, "body");
  if (!isText(text)) return { code: 422, json: { message: "Validation Failed" } };
  comment.body = text;
  return { code: 200, json: comment };
}

/** Whether a JWT is the app's own word: RS256, its number, not longer than ten minutes, not over. */
function isAppToken(token: string, { id, publicKey }: FakeApp): boolean {
  const [head = "", claims = "", signature = ""] = token.split(".");
  const isSigned = createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url");
  if (!isSigned) return false;
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
  const nowS = Date.now() / 1_000;
  return Number(iss) === id && exp - iat <= 600 && exp > nowS && iat <= nowS;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  return text === "" ? null : JSON.parse(text);
}

/**
 * GitHub's REST interface on this machine, as far as it is used here: labels, comments, an app's tokens, permissions, and
 * the statuses of each. What it is asked stands in its call log. For tests; it keeps everything in memory.
 */
export async function startFakeGithub(
  app: (Omit<FakeApp, "publicKey"> & { readonly publicKeyPem: string }) | null = null,
): Promise<FakeGithub> {
  const fakeApp = app === null ? null : { ...app, publicKey: createPublicKey(app.publicKeyPem) };
  let [ids, index] = [1_000, 0];
  const nextId = (): number => {
    ids += 1;
    return ids;
  };

  function makeToken({ token }: Asked): Said {
    if (fakeApp === null || !isAppToken(token, fakeApp)) return BAD_CREDENTIALS;
    const made = `ghs_${fakeApp.installationId}_${nextId()}`;
    fake.tokens.set(made, "write");
    fake.tokensMade.push(made);
    return { code: 201, json: { token: made, expires_at: new Date(Date.now() + 3_600_000).toISOString() } };
  }

  function answer(asked: Asked): Said {
    const { method, path, token } = asked;
    const install = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path);
    if (install !== null) return Number(install[1]) === fakeApp?.installationId ? makeToken(asked) : NOT_FOUND;
    const right = fake.tokens.get(token);
    if (right === undefined) return BAD_CREDENTIALS;
    if (method !== "GET" && right === "read")
      return { code: 403, json: { message: "Resource not accessible by personal access token" } };
    const comment = /^\/repos\/[^/]+\/[^/]+\/issues\/comments\/(\d+)$/.exec(path);
    if (comment !== null) return onComment(fake.issues, asked, Number(comment[1]));
    const [, repository = "", number = "", what = "", name] =
      /^\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)\/(labels|comments)(?:\/([^/]+))?$/.exec(path) ?? [];
    const issue = fake.issues.get(`${repository.toLowerCase()}#${number}`);
    if (issue === undefined) return NOT_FOUND;
    if (what === "comments") return onComments(issue, asked, nextId);
    return onLabels(issue, asked, name === undefined ? undefined : decodeURIComponent(name));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://fake");
    const [method, token] = [request.method ?? "GET", (request.headers.authorization ?? "").replace(/^Bearer /, "")];
    const asked = { method, path, query, token, body: await readBody(request) };
    const fault = fake.fault({ method, path, index });
    index += 1;
    // GitHub refuses a request without the header.
    const said: Said = request.headers["user-agent"] === undefined ? { code: 403 } : (fault ?? answer(asked));
    fake.calls.push({ method, path, code: said.code, as: token.slice(0, 8) });
    response.writeHead(said.code, { "content-type": "application/json; charset=utf-8", ...said.headers });
    response.end(JSON.stringify(said.json ?? { message: "fault" }));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const fake: FakeGithub = {
    url: `http://127.0.0.1:${port}`,
    calls: [],
    issues: new Map(),
    tokens: new Map(),
    tokensMade: [],
    fault: () => null,
    close: () =>
      new Promise((go) => {
        server.closeAllConnections();
        server.close(() => go());
      }),
  };
  return fake;
}
