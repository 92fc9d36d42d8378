import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeGithub, startFakeGithub } from "../fake-github/start-fake-github.ts";
import { type FakeProvider, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { PATIENCE, START_MS } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

const SECRET = "a-secret-of-this-test-alone";
const TOKEN = "ghp_a_token_of_this_test";
const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  // As GitHub hands keys out.
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const APP = { app_id: 31, installation_id: 77, private_key: privateKey };

let provider: FakeProvider;
let github: FakeGithub;
let host: TestHost;

function hostEnv(): Readonly<Record<string, string>> {
  const endpoint = {
    name: "openrouter",
    dialect: "openrouter",
    model_names: "catalogue",
    base_url: `${provider.url}/openrouter/api/v1`,
  };
  return {
    PROVIDER_ENDPOINTS: JSON.stringify([endpoint]),
    PROVIDER_KEYS: JSON.stringify({ openrouter: "no-key-of-anybody" }),
    ...{ RATE_LIMIT_PER_MINUTE: "off", GITHUB_API_URL: github.url, ALLOW_LOOPBACK_HTTP: "on", STALE_AFTER_MS: "2000" },
  };
}

beforeAll(async () => {
  provider = await startFakeProvider();
  github = await startFakeGithub({ id: APP.app_id, installationId: APP.installation_id, publicKeyPem: publicKey });
  github.tokens.set(TOKEN, "write");
  host = await startTestHost({ env: hostEnv() });
}, START_MS);
afterAll(async () => {
  await host?.remove();
  await github?.close();
  await provider?.close();
});

interface Hook {
  readonly path: string;
  readonly open_threads: readonly {
    readonly number: number;
    readonly failure: string | null;
    readonly hint: string | null;
    readonly pending: boolean;
  }[];
  readonly credential: { readonly kind: string };
}

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const answer = await fetch(`${host.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { data, error } = (await answer.json()) as { data: T; error?: unknown };
  if (!answer.ok) throw new Error(JSON.stringify(error));
  return data;
}

const saveHook = (more: object): Promise<Hook> =>
  api("PUT", "/api/webhooks/github", {
    repositories: ["acme/shop"],
    secrets: [SECRET],
    labels: { on: true, prefix: "sp/" },
    comment: true,
    ...more,
  });

let deliveries = 0;

async function deliver(
  path: string,
  event: string,
  payload: object,
): Promise<{ result: string; run_id: string | null; decision_id: string | null }> {
  const body = JSON.stringify(payload);
  deliveries += 1;
  const headers = {
    "content-type": "application/json",
    ...{ "x-github-event": event, "x-github-delivery": `e2e-${deliveries}` },
    "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
  };
  const answer = await fetch(`${host.url}${path}`, { method: "POST", headers, body });
  return ((await answer.json()) as { data: { result: string; run_id: string | null; decision_id: string | null } })
    .data;
}

const OWNER = { id: 1, login: "owner", type: "User" };

function newIssue(number: number, title = "Fix the typo in README.md") {
  const issue = {
    number,
    title,
    body: "It says teh.",
    user: OWNER,
    author_association: "OWNER",
    updated_at: new Date().toISOString(),
  };
  const fake = { labels: ["bug"], comments: [] as FakeGithubComment[] };
  github.issues.set(`acme/shop#${number}`, fake);
  const event = (action: string, more: object = {}) => ({
    action,
    issue,
    repository: { full_name: "Acme/Shop" },
    sender: OWNER,
    ...more,
  });
  return { issue, fake, event };
}
type FakeGithubComment = {
  readonly id: number;
  body: string;
  readonly user: { id: number; login: string; type: "User" | "Bot" };
};

/** What a lost message or a wait that GitHub asks for takes until the next sweep, and patience. */
const MOST_MS = 60_000 + PATIENCE.timeout;

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + MOST_MS;
  while (!(await isThere())) {
    if (Date.now() > endMs) throw new Error(`not within ${MOST_MS} ms: ${JSON.stringify(github.calls.slice(-8))}`);
    await new Promise((go) => setTimeout(go, PATIENCE.interval));
  }
}

describe("an issue at GitHub", { timeout: 600_000 }, () => {
  test("gets labels and one comment, which later events edit", async () => {
    const { path } = await saveHook({ token: TOKEN });
    const { issue, fake, event } = newIssue(1);
    await deliver(path, "issues", event("opened"));
    await until(() => fake.comments.length > 0);
    expect(fake.labels).toEqual(expect.arrayContaining(["bug", "sp/type:docs"]));
    expect(fake.comments[0]?.body).toMatch(/^<!-- spawnpoint:thr_\w+ -->\n\*\*Spawnpoint\*\*/);
    const [before] = fake.comments.map(({ body }) => body);
    Object.assign(issue, {
      title: "Redesign the storage engine for concurrent writers",
      body: "Sharding, consensus, migrations.",
    });
    const comment = {
      id: 5,
      body: "/spawnpoint route",
      user: OWNER,
      author_association: "OWNER",
      updated_at: new Date().toISOString(),
    };
    await deliver(path, "issue_comment", event("created", { comment }));
    await until(() => fake.comments[0]?.body !== before);
    expect(fake.comments).toHaveLength(1);
    expect(fake.labels).toContain("bug");
    expect(fake.labels).not.toContain("sp/type:docs");
    expect(fake.labels.filter((label) => label.startsWith("sp/type:")).length).toBeLessThan(2);
    // Its own comment comes back as an event, as GitHub sends it.
    const own = { ...comment, id: 6, body: fake.comments[0]?.body ?? "" };
    expect((await deliver(path, "issue_comment", event("created", { comment: own }))).result).toBe("ignored");
  });

  test("has its run started and finished, and the comment says so", async () => {
    const { path } = await saveHook({ token: TOKEN, runs: { on: true, max_usd: 1 } });
    const { fake, event } = newIssue(2);
    await deliver(path, "issues", event("opened"));
    const newest = async () => (await api<readonly { id: string }[]>("GET", "/api/runs?limit=1"))[0]?.id;
    await until(async () => (await newest()) !== undefined);
    const run_id = await newest();
    await until(async () => (await api<{ status: string }>("GET", `/api/runs/${run_id}`)).status === "done");
    await until(() => fake.comments[0]?.body.includes(`Run \`${run_id}\` is done.`) ?? false);
    expect(fake.comments).toHaveLength(1);
  });

  test("is brought there by an app, whose token serves for more than one call", async () => {
    const { path, credential } = await saveHook({ app: APP, token: undefined });
    expect(credential.kind).toBe("app");
    for (const number of [3, 4]) {
      const { fake, event } = newIssue(number);
      await deliver(path, "issues", event("opened", { installation: { id: APP.installation_id } }));
      await until(() => fake.comments.length > 0);
    }
    expect(github.tokensMade).toHaveLength(1);
    // One that GitHub took back is asked for anew.
    github.tokens.delete(github.tokensMade[0] ?? "");
    const { fake, event } = newIssue(5);
    await deliver(path, "issues", event("opened", { installation: { id: APP.installation_id } }));
    await until(() => fake.comments.length > 0);
    expect(github.tokensMade).toHaveLength(2);
  });

  test("survives a GitHub that fails or limits, with one comment", async () => {
    const { path } = await saveHook({ token: TOKEN });
    const { fake, event } = newIssue(6);
    let faults = 0;
    github.fault = ({ method, path: at }) => {
      if (!at.includes("/issues/6/") || method === "GET" || faults > 1) return null;
      faults += 1;
      return faults === 1 ? { code: 502 } : { code: 403, headers: { "retry-after": "1" } };
    };
    await deliver(path, "issues", event("opened"));
    await until(() => fake.comments.length > 0);
    github.fault = () => null;
    expect([faults, fake.comments.length]).toEqual([2, 1]);
  });

  test.each([
    ["auth", { token: "ghp_nobody_knows_this_one" }, 7],
    ["not_found", { token: TOKEN }, 8],
    ["forbidden", { token: "ghp_may_only_read_here" }, 9],
  ])("that cannot be reached shows %s until the hook is set up anew", async (failure, credential, number) => {
    github.tokens.set("ghp_may_only_read_here", "read");
    const { path } = await saveHook(credential);
    const { fake, event } = newIssue(number);
    if (failure === "not_found") github.issues.delete(`acme/shop#${number}`);
    await deliver(path, "issues", event("opened"));
    const find = async () =>
      (await api<Hook>("GET", "/api/webhooks/github")).open_threads.find((thread) => thread.number === number);
    await until(async () => (await find())?.failure === failure);
    github.issues.set(`acme/shop#${number}`, fake);
    await saveHook({ token: TOKEN });
    await until(async () => (await find()) === undefined);
    expect(fake.comments).toHaveLength(1);
  });
});

test("a GitHub that sends elsewhere is shown as moved, and the token does not follow", async () => {
  const seen: (string | undefined)[] = [];
  const canary = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end("{}");
  });
  await new Promise<void>((go) => canary.listen(0, "127.0.0.1", go));
  // A server that listens on a port has an address of this kind.
  const { port } = canary.address() as AddressInfo;
  const { path } = await saveHook({ token: TOKEN });
  const { event } = newIssue(20);
  const location = `http://127.0.0.1:${port}/repositories/1/issues/20/labels`;
  github.fault = ({ path: at }) => (at.includes("/issues/20/") ? { code: 301, headers: { location } } : null);
  await deliver(path, "issues", event("opened"));
  const find = async () =>
    (await api<Hook>("GET", "/api/webhooks/github")).open_threads.find(({ number }) => number === 20);
  await until(async () => (await find())?.failure === "moved");
  expect((await find())?.hint).toContain("new name");
  github.fault = () => null;
  canary.close();
  expect(seen).toEqual([]);
}, 600_000);

test("a host that dies with deliveries in its hands carries each out once when it is back", async () => {
  const { path } = await saveHook({ token: TOKEN });
  const issues = Array.from({ length: 20 }, (_, i) => newIssue(100 + i, `Fix typo number ${i}`));
  const answers = await Promise.all(issues.map(({ event }) => deliver(path, "issues", event("opened"))));
  expect(answers.filter(({ result }) => result === "accepted")).toHaveLength(20);
  await host.stop("SIGKILL");
  host = await startTestHost({ env: hostEnv(), stateDir: host.stateDir });
  await until(() => issues.every(({ fake }) => fake.comments.length > 0));
  expect(issues.map(({ fake }) => fake.comments.length)).toEqual(issues.map(() => 1));
  const decided = await api<readonly { task_id: string | null }[]>("GET", "/api/decisions?limit=100");
  const ids = decided.flatMap(({ task_id }) => (/#1\d\d$/.test(task_id ?? "") ? [task_id] : []));
  expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
}, 600_000);

test("no secret stands in what the host prints", () => {
  expect(host.output()).not.toMatch(/ghp_|ghs_|a-secret-of-this|PRIVATE KEY/);
});
