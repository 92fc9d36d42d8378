import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import defaultGovernance from "../../shared/data/default-governance.json" with { type: "json" };
import { START_MS } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

const REFERENCE = join(import.meta.dirname, "../../../shared/data/controlflow-model-routing.json");
const isAbsent = !existsSync(REFERENCE);
const TIERS = ["TRIVIAL", "SMALL", "MEDIUM", "LARGE"];

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "1000000" } });
}, START_MS);
afterAll(() => host.remove());

interface Answer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

async function send(method: string, path: string, text?: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const response = await fetch(host.url + path, { method, headers, ...(text === undefined ? {} : { body: text }) });
  return { status: response.status, body: await response.json() };
}

const save = (document: unknown, query = "") => send("PUT", `/api/governance${query}`, JSON.stringify(document));

/** The shipped file as text, with what JSON.stringify() would never write. */
const tamper = (from: string, to: string): string => JSON.stringify(defaultGovernance).replace(from, () => to);

describe("PUT /api/governance", () => {
  it("lets one alone of 50 writers at once have the version that all of them saw", async () => {
    const { version } = (await send("GET", "/api/governance")).body.meta;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        save({ ...defaultGovernance, description: `writer ${i}` }, `?expected_version=${version}`),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 409)]);
    const won = answers.find(({ status }) => status === 200);
    const now = await send("GET", "/api/governance");
    expect([now.body.meta.version, now.body.data]).toEqual([version + 1, won?.body.data]);
  });

  it.each([
    ["a key that stands twice", tamper('"version":', '"version":"2","version":')],
    ["a prototype key", tamper('"by_tier":{', '"by_tier":{"__proto__":{"inherit_from":"default"},')],
    ["deep nesting", `{"roles":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["an agent that nobody can name", tamper('"implementer.agent.md"', '"imple\\u200bmenter.agent.md"')],
    ["a role that reads as another's tier", tamper('"reader":{', '"reader@LARGE":{')],
    ["a field that nobody reads", tamper('"version":', '"versoin":"1","version":')],
  ])("refuses a file with %s and keeps what was there", async (_, text) => {
    const before = await send("GET", "/api/governance");
    const refused = await send("PUT", "/api/governance", text);
    expect([refused.status, refused.body.error.code]).toEqual([400, "INVALID_BODY"]);
    expect((await send("GET", "/api/governance")).body.meta).toEqual(before.body.meta);
  });

  it("takes roles that are named as members of every object, and finds no others by those names", async () => {
    const role = { ...defaultGovernance.roles.builder, consumers: ["toString.agent.md"] };
    const saved = await save({
      ...defaultGovernance,
      roles: { ...defaultGovernance.roles, constructor: role },
      agent_role_index: { ...defaultGovernance.agent_role_index, toString: "constructor" },
    });
    expect(saved.status).toBe(200);
    const resolve = (ask: object) => send("POST", "/api/governance/resolve", JSON.stringify(ask));
    expect((await resolve({ agent: "toString", tier: "LARGE" })).body.data.role).toBe("constructor");
    expect((await resolve({ agent: "constructor" })).status).toBe(404);
    expect((await resolve({ role: "valueOf" })).status).toBe(404);
  });
});

describe.skipIf(isAbsent)(`the reference's own file${isAbsent ? " (skipped: it is not at hand)" : ""}`, () => {
  it("is taken unchanged, and every agent of it gets its model at every tier", async () => {
    const text = readFileSync(REFERENCE, "utf8");
    const checked = await send("POST", "/api/governance/validate", text);
    expect(checked.body.data).toMatchObject({ valid: true, issues: [] });
    expect((await send("PUT", "/api/governance", text)).status).toBe(200);
    const document = JSON.parse(text);
    expect((await send("GET", "/api/governance")).body.data).toEqual(document);
    const agents = Object.entries(document.agent_role_index);
    expect(agents).toHaveLength(13);
    for (const [agent, name] of agents) {
      const role = document.roles[String(name)];
      for (const tier of [undefined, ...TIERS]) {
        const { status, body } = await send("POST", "/api/governance/resolve", JSON.stringify({ agent, tier }));
        const own = tier === undefined ? role : role.by_tier[tier];
        const wanted = "primary" in own ? own.primary : role.primary;
        expect([status, body.data.role, body.data.primary]).toEqual([200, name, wanted]);
      }
    }
  });
});
