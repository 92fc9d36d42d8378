import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { providerKeyShownSchema } from "../../shared/contract/provider-keys.ts";
import { type Answered, catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { newRunCaller, RUN_ENV, type RunCaller } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TASK = "Fix the typo in README.md";
const errorOf = ({ status, body }: Answered): unknown => [status, Object(body).error?.code];

describe("GET /api/callback-secret", () => {
  it("is the tenant's own, the same each time, and for admins alone", async () => {
    const [one, two] = [await newRunCaller("secret-a", "admin"), await newRunCaller("secret-b", "admin")];
    const secretOf = async (caller: RunCaller) => Object((await caller.get("/api/callback-secret")).body).data.secret;
    expect(await secretOf(one)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await secretOf(one)).toBe(await secretOf(one));
    expect(await secretOf(one)).not.toBe(await secretOf(two));
    const reader = await newRunCaller("secret-a", "read", "run");
    expect(errorOf(await reader.get("/api/callback-secret"))).toEqual([403, "FORBIDDEN"]);
  });
});

describe("/api/providers/:name/key", () => {
  const SECRET = "sk-tenant-canary-ABCDEFGH-7xyz";
  const path = "/api/providers/openai/key";

  it("stores a key sealed, shows its last four characters alone, and opens the provider to runs", async () => {
    const caller = await newRunCaller("keys", "admin", "run", "read");
    const before = await caller.create({ task: TASK, constraints: { allow: ["openai/*"] } });
    expect(before.plan.steps[0]?.model?.provider).toBe("openrouter");
    const put = await caller.send({ method: "PUT", path, body: { key: SECRET } });
    expect(dataOf(providerKeyShownSchema, put)).toMatchObject({ provider: "openai", configured: true, last4: "7xyz" });
    const shown = await caller.get(path);
    expect([JSON.stringify(put.body), JSON.stringify(shown.body)].some((text) => text.includes("canary"))).toBe(false);
    const { results } = await env.DB.prepare("select * from provider_keys").all();
    expect(JSON.stringify(results)).not.toContain("canary");
    const after = await caller.create({ task: TASK, constraints: { allow: ["openai/*"] } });
    expect(after.plan.steps[0]?.model?.provider).toBe("openai");
    const gone = await caller.send({ method: "DELETE", path });
    expect(dataOf(providerKeyShownSchema, gone)).toMatchObject({ configured: false, last4: null, updated_at: null });
  });

  it("belongs to the tenant", async () => {
    const [one, two] = [await newRunCaller("keys-a", "admin"), await newRunCaller("keys-b", "admin")];
    await one.send({ method: "PUT", path, body: { key: SECRET } });
    expect(Object((await two.get(path)).body).data.configured).toBe(false);
  });

  it.each([
    {},
    { key: "short" },
    { key: "with space in it" },
    { key: `${SECRET}\n` },
    { key: SECRET, host: "evil.test" },
  ])("refuses %j without quoting it", async (body) => {
    const caller = await newRunCaller("keys-bad", "admin");
    const answer = await caller.send({ method: "PUT", path, body });
    expect(errorOf(answer)).toEqual([400, "INVALID_PARAM"]);
    expect(JSON.stringify(answer.body)).not.toContain("canary");
  });

  it("knows no provider without an address, and stores nothing without a master secret", async () => {
    const caller = await newRunCaller("keys-unknown", "admin");
    expect(errorOf(await caller.get("/api/providers/evil/key"))).toEqual([404, "NOT_FOUND"]);
    const put = await caller.send({ method: "PUT", path, body: { key: SECRET } }, { MASTER_SECRET: "" });
    expect(errorOf(put)).toEqual([503, "UNAVAILABLE"]);
    expect(RUN_ENV.MASTER_SECRET.length).toBeGreaterThan(32);
  });
});
