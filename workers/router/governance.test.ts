import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DOORS } from "../../shared/contract/doors.ts";
import {
  governancePreviewSchema,
  resolvedGovernanceSchema,
  validatedGovernanceSchema,
} from "../../shared/contract/governance-answers.ts";
import { routingFileSchema } from "../../shared/contract/routing-document.ts";
import defaultGovernance from "../../shared/data/default-governance.json" with { type: "json" };
import { type Answered, dataOf } from "./testing/caller.ts";
import { newRunCaller } from "./testing/run-caller.ts";

const errorOf = ({ status, body }: Answered): unknown => [status, Object(body).error?.code];
const metaOf = ({ body }: Answered) => Object(body).meta;

/** The shipped file with another primary for its builder. */
const withBuilder = (primary: string) => ({
  ...defaultGovernance,
  roles: { ...defaultGovernance.roles, builder: { ...defaultGovernance.roles.builder, primary } },
});

const TYPO = "Fix the typo in README.md";
const RISKY = "Rotate the JWT signing keys of the production login service and drop the old sessions table";

describe("GET and PUT /api/governance", () => {
  it("answers the shipped file as version 0, and each saved one under the next number", async () => {
    const { send, get } = await newRunCaller("gov-versions", "read", "admin");
    expect(metaOf(await get("/api/governance"))).toEqual({ version: 0 });
    const put = (path: string, body: unknown) => send({ method: "PUT", path, body });
    const saved = await put("/api/governance", withBuilder("Claude Haiku 4.5"));
    expect([saved.status, metaOf(saved).version]).toEqual([200, 1]);
    expect(dataOf(routingFileSchema, await get("/api/governance")).roles.builder?.primary).toBe("Claude Haiku 4.5");
    const stale = await put("/api/governance?expected_version=0", withBuilder("Claude Opus 4.8"));
    expect(errorOf(stale)).toEqual([409, "CONFLICT"]);
    const both = [1, 1].map((version) => put(`/api/governance?expected_version=${version}`, defaultGovernance));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("keeps tenants apart", async () => {
    const [one, other] = [
      await newRunCaller("gov-a", "read", "feedback", "admin"),
      await newRunCaller("gov-b", "read", "admin"),
    ];
    await one.send({ method: "PUT", path: "/api/governance", body: withBuilder("Claude Haiku 4.5") });
    expect(metaOf(await other.get("/api/governance"))).toEqual({ version: 0 });
    await one.post("/api/governance/resolve", { agent: "implementer", record: true });
    expect(await (await other.raw({ method: "GET", path: "/api/governance/telemetry" })).text()).toBe("");
    expect(await (await one.raw({ method: "GET", path: "/api/governance/telemetry" })).text()).not.toBe("");
  });

  it("lets a reader read and only an administrator write", async () => {
    const reader = await newRunCaller("gov-scopes", "read");
    const put = await reader.send({ method: "PUT", path: "/api/governance", body: defaultGovernance });
    expect(errorOf(put)).toEqual([403, "FORBIDDEN"]);
    expect((await reader.get("/api/governance")).status).toBe(200);
    const kept = await reader.post("/api/governance/resolve", { agent: "implementer", record: true });
    expect(errorOf(kept)).toEqual([403, "FORBIDDEN"]);
    const runner = await newRunCaller("gov-run", "run");
    expect(errorOf(await runner.get("/api/governance/report"))).toEqual([403, "FORBIDDEN"]);
    for (const [name, door] of Object.entries(DOORS).filter(([, { path }]) => path.startsWith("/api/governance")))
      expect([name, door.auth]).toEqual([name, name === "putGovernance" ? "admin" : "read"]);
  });

  it("names every place that is wrong and saves nothing", async () => {
    const { send, get } = await newRunCaller("gov-wrong", "read", "admin");
    const body = {
      ...withBuilder(""),
      surprise: 1,
      executor_roles: { judge: "nobody" },
      agent_role_index: { ...defaultGovernance.agent_role_index, ghost: "no-such-role" },
    };
    const answer = await send({ method: "PUT", path: "/api/governance", body });
    expect(errorOf(answer)).toEqual([400, "INVALID_BODY"]);
    const paths = Object(answer.body).error.details.issues.map(({ path }: { path: string }) => path);
    for (const path of ["/surprise", "/roles/builder/primary", "/executor_roles/judge", "/agent_role_index/ghost"])
      expect(paths).toContain(path);
    expect(metaOf(await get("/api/governance"))).toEqual({ version: 0 });
    for (const strange of [[], "text", null, 7])
      expect(errorOf(await send({ method: "PUT", path: "/api/governance", body: strange }))).toEqual([
        400,
        "INVALID_BODY",
      ]);
  });

  it("keeps a file in force that was saved before the floor counted reviewers at LARGE, and takes it no second time", async () => {
    const { conductor, strategist } = defaultGovernance.roles;
    const cheaper = { primary: "GPT-5.4", fallbacks: [], cost_tier: "medium", latency_tier: "medium" };
    const file = {
      ...defaultGovernance,
      pinned_agents: [...defaultGovernance.pinned_agents, "plan-reviewer.agent.md"],
      roles: {
        ...defaultGovernance.roles,
        conductor: { ...conductor, by_tier: { ...conductor.by_tier, SMALL: cheaper } },
        strategist: {
          ...strategist,
          by_tier: { ...strategist.by_tier, SMALL: { inherit_from: "role:conductor@SMALL" } },
        },
      },
    };
    const tenantId = "gov-older";
    const { send, get, post } = await newRunCaller(tenantId, "read", "admin");
    await env.DB.prepare(
      "insert into governance_files (tenant_id, version, body, created_at_ms, created_by) values (?, 1, ?, 0, 'key_1')",
    )
      .bind(tenantId, JSON.stringify(file))
      .run();
    const read = await get("/api/governance");
    expect([read.status, metaOf(read)]).toEqual([200, { version: 1 }]);
    const risks = [{ category: "security", applicability: "applicable", impact: "HIGH", disposition: "open" }];
    const asked = { agent: "plan-reviewer", tier: "SMALL", mode: "deterministic", risks };
    const resolved = dataOf(resolvedGovernanceSchema, await post("/api/governance/resolve", asked));
    expect(resolved.capped).toMatchObject({ asked: { model: "GPT-5.5" }, effective_model: "GPT-5.4" });
    const again = await send({ method: "PUT", path: "/api/governance", body: file });
    expect(errorOf(again)).toEqual([400, "INVALID_BODY"]);
    expect((await send({ method: "PUT", path: "/api/governance", body: defaultGovernance })).status).toBe(200);
  });

  it("says which names the catalogue does not have", async () => {
    const { send } = await newRunCaller("gov-unknown", "read", "admin");
    const saved = await send({ method: "PUT", path: "/api/governance", body: withBuilder("Nobody 9000") });
    expect(metaOf(saved)).toMatchObject({ version: 1, unknown_models: ["Nobody 9000"] });
  });

  it("shows with dry_run=1 what each agent would get, and saves nothing", async () => {
    const { send, get } = await newRunCaller("gov-dry", "read", "admin");
    const put = (body: unknown) => send({ method: "PUT", path: "/api/governance?dry_run=1", body });
    expect(dataOf(governancePreviewSchema, await put(defaultGovernance)).changed_count).toBe(0);
    const preview = dataOf(governancePreviewSchema, await put(withBuilder("Claude Haiku 4.5")));
    expect(preview.changed_count).toBeGreaterThan(0);
    expect(new Set(preview.changed.map(({ agent }) => agent))).toEqual(new Set(["implementer"]));
    expect(preview.changed[0]?.fields).toContain("model");
    expect(preview.changed[0]?.after?.model).toBe("Claude Haiku 4.5");
    expect(metaOf(await get("/api/governance"))).toEqual({ version: 0 });
  });
});

describe("POST /api/governance/validate", () => {
  it("says what is wrong, and of a valid file what would not go as written", async () => {
    const { post } = await newRunCaller("gov-validate", "read");
    const wrong = dataOf(validatedGovernanceSchema, await post("/api/governance/validate", { version: "1" }));
    expect(wrong.valid).toBe(false);
    expect(wrong.issues.map(({ path }) => path)).toContain("/roles");
    const right = dataOf(validatedGovernanceSchema, await post("/api/governance/validate", defaultGovernance));
    expect([right.valid, right.issues]).toEqual([true, []]);
    const dear = {
      ...defaultGovernance,
      roles: {
        ...defaultGovernance.roles,
        conductor: { ...defaultGovernance.roles.conductor, primary: "Claude Haiku 4.5" },
      },
    };
    const capped = dataOf(validatedGovernanceSchema, await post("/api/governance/validate", dear));
    expect(capped.valid).toBe(true);
    expect(capped.warnings.map(({ code }) => code)).toContain("tier_floor_violated");
    expect(capped.capped.some(({ effective_model }) => effective_model === "Claude Haiku 4.5")).toBe(true);
  });
});

describe("POST /api/governance/resolve", () => {
  const resolve = async (tenant: string, body: unknown) => {
    const { post } = await newRunCaller(tenant, "read");
    return post("/api/governance/resolve", body);
  };

  it("answers the model with its own cost, its stand-ins and the reasons", async () => {
    const data = dataOf(
      resolvedGovernanceSchema,
      await resolve("gov-resolve", { agent: "code-reviewer", tier: "SMALL" }),
    );
    expect(data).toMatchObject({ role: "critic", tier: "SMALL", effective_tier: "SMALL", state: "READY", version: 0 });
    expect(data.model).toMatchObject({ model: "GPT-5.4", cost_assumed: false });
    expect(data.fallbacks.map(({ model }) => model)).toEqual(["Claude Sonnet 4.6"]);
    expect(data.says).not.toBe("");
  });

  it("lifts a reviewer to LARGE for a task of high risk, and no implementer", async () => {
    const task = { task: RISKY, tier: "SMALL" };
    const review = dataOf(resolvedGovernanceSchema, await resolve("gov-lift", { agent: "code-reviewer", ...task }));
    expect(review).toMatchObject({ effective_tier: "LARGE", override_reason: "unresolved_high_risk" });
    expect(review.model?.model).toBe("GPT-5.5");
    expect([review.classified?.high_risk, review.review?.override]).toEqual([true, true]);
    const build = dataOf(resolvedGovernanceSchema, await resolve("gov-lift", { agent: "implementer", ...task }));
    expect([build.effective_tier, build.override_reason]).toEqual(["SMALL", null]);
  });

  it("walks the list and then waits for approval, never leaving it", async () => {
    const ask = { agent: "code-reviewer", tier: "LARGE" };
    const first = dataOf(resolvedGovernanceSchema, await resolve("gov-walk", { ...ask, unavailable: ["GPT-5.5"] }));
    expect(first).toMatchObject({ used_fallback: true, attempt: 1, model: { model: "Claude Opus 4.8" } });
    const unavailable = ["GPT-5.5", "anthropic/claude-opus-4.8", "Claude Sonnet 4.6"];
    const gone = dataOf(resolvedGovernanceSchema, await resolve("gov-walk", { ...ask, unavailable }));
    expect(gone).toMatchObject({ state: "WAITING_APPROVAL", model: null, constraints: null });
  });

  it.each([
    [{ agent: "nobody" }, 404, "NOT_FOUND"],
    [{ role: "nobody" }, 404, "NOT_FOUND"],
    [{}, 400, "MISSING_PARAM"],
    [{ agent: "lead", role: "reader" }, 400, "INVALID_PARAM"],
    [{ agent: "lead", tier: "HUGE" }, 400, "INVALID_PARAM"],
    [{ agent: "lead", surprise: 1 }, 400, "INVALID_PARAM"],
    [{ agent: "constructor" }, 404, "NOT_FOUND"],
  ])("refuses %j", async (body, status, code) => {
    expect(errorOf(await resolve("gov-refused", body))).toEqual([status, code]);
  });

  it("reads the tier off the task", async () => {
    const data = dataOf(resolvedGovernanceSchema, await resolve("gov-tier", { agent: "implementer", task: TYPO }));
    expect(data.tier).toBe(data.classified?.tier);
    expect(data.tier).not.toBe(null);
  });
});
