import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { runSchema } from "../../shared/contract/run-answers.ts";
import { catalog, serveCatalog } from "./testing/caller.ts";
import { newRunCaller } from "./testing/run-caller.ts";
import { stopAtNoon } from "./testing/stop-at-noon.ts";
import {
  commentEvent,
  issueOf,
  issuesEvent,
  MEMBER,
  newHook,
  OUTSIDER,
  OWNER,
  pullEvent,
  pushEvent,
  sentNames,
} from "./testing/webhook-sender.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

interface Thread {
  readonly id: string;
  readonly decision_id: string | null;
  readonly run_id: string | null;
  readonly wanted_labels: string;
  readonly wanted_comment: string | null;
  readonly wanted_version: number;
}

const threadsOf = async (tenant: string): Promise<readonly Thread[]> =>
  (await env.DB.prepare("select * from tracker_threads where tenant_id = ? order by number").bind(tenant).all<Thread>())
    .results;

const countOf = async (table: string, tenant: string): Promise<number> =>
  (await env.DB.prepare(`select count(*) as n from ${table} where tenant_id = ?`).bind(tenant).first<{ n: number }>())
    ?.n ?? 0;

const newTenant = async (tenant: string, settings: object = {}) => {
  const admin = await newRunCaller(tenant, "admin", "run", "read", "approve");
  return { admin, hook: await newHook(admin, settings) };
};

const ALL = { token: "ghp_0123456789abcdefghij", labels: { on: true }, comment: true };
const RISKY = {
  title: "Drop the users table in production and rotate every credential",
  body: "Delete all payment data and the backups without a migration.",
};

describe("PUT /api/webhooks/github", () => {
  it("keeps secrets sealed and shows their last four characters", async () => {
    const { admin } = await newTenant("hook-put", ALL);
    const shown = await admin.get("/api/webhooks/github");
    expect(Object(shown.body).data).toMatchObject({
      configured: true,
      secrets: [{ last4: "lone" }],
      credential: { kind: "token", last4: "ghij" },
      settings: { repositories: ["acme/shop"], labels: { on: true, prefix: "spawnpoint/" }, runs: { on: false } },
    });
    const row = await env.DB.prepare("select * from webhook_hooks where tenant_id = 'hook-put'").first();
    expect(JSON.stringify([row, shown.body])).not.toMatch(/ghp_0123|secret of the tests/);
  });

  it("keeps what is left out, and its id, and forgets all of it on DELETE", async () => {
    const { admin, hook } = await newTenant("hook-keep", ALL);
    const body = { repositories: ["acme/*"], labels: { on: true } };
    const saved = Object((await admin.send({ method: "PUT", path: "/api/webhooks/github", body })).body).data;
    expect([saved.path, saved.credential.kind, saved.settings.comment]).toEqual([hook.path, "token", false]);
    expect((await hook.send("issues", issuesEvent("opened", issueOf()))).code).toBe(202);
    await admin.send({ method: "DELETE", path: "/api/webhooks/github" });
    expect((await hook.send("issues", issuesEvent("opened", issueOf()))).code).toBe(403);
    expect(await threadsOf("hook-keep")).toEqual([]);
  });

  it.each([
    [{ repositories: ["acme"] }, "repositories.0"],
    [{ comment: true }, "token"],
    [{ secrets: ["short"] }, "secrets.0"],
    [{ labels: { on: false, prefix: "sp/" }, trigger: { label: "Sp/go" } }, "trigger.label"],
  ])("refuses %j", async (settings, field) => {
    const admin = await newRunCaller("hook-bad", "admin");
    const body = { repositories: ["acme/shop"], secrets: ["0123456789abcdef"], ...settings };
    const answer = await admin.send({ method: "PUT", path: "/api/webhooks/github", body });
    expect([answer.status, Object(answer.body).error?.details?.field]).toEqual([400, field]);
    expect(JSON.stringify(answer.body)).not.toContain("short");
  });

  it("does nothing without a master secret", async () => {
    const admin = await newRunCaller("hook-no-secret", "admin");
    const answer = await admin.send({ method: "GET", path: "/api/webhooks/github" }, { MASTER_SECRET: "" });
    expect(answer.status).toBe(503);
  });
});

describe("a new issue", () => {
  it("is decided under its kickoff lock, with labels and a comment that repeats none of its words", async () => {
    const { hook } = await newTenant("wh-new", ALL);
    const issue = issueOf({ number: 4, body: "It says teh. CANARY-4711" });
    const answer = await hook.send("issues", issuesEvent("opened", issue));
    expect([answer.code, answer.data?.result, answer.data?.run_id]).toEqual([202, "accepted", null]);
    const [thread] = await threadsOf("wh-new");
    expect(thread).toMatchObject({ decision_id: answer.data?.decision_id, wanted_version: 1 });
    expect(JSON.parse(thread?.wanted_labels ?? "")).toContain("spawnpoint/type:docs");
    expect(thread?.wanted_comment).toContain(answer.data?.decision_id ?? "none");
    expect(thread?.wanted_comment).not.toMatch(/CANARY|teh|typo/);
    expect(sentNames).toContain(`${thread?.id}/tracker`);
    const again = await hook.send("issues", issuesEvent("reopened", issue));
    expect([again.data?.decision_id, (await threadsOf("wh-new"))[0]?.wanted_version]).toEqual([
      answer.data?.decision_id,
      1,
    ]);
  });

  it.each([
    ["issues", issuesEvent("edited", issueOf()), "action"],
    ["issues", issuesEvent("labeled", issueOf(), { label: { name: "bug" } }), "no_trigger"],
    ["issues", issuesEvent("labeled", issueOf(), { label: { name: "spawnpoint/risk:low" } }), "own_event"],
    ["issues", issuesEvent("labeled", issueOf(), { label: { name: "Spawnpoint/Risk:low" } }), "own_event"],
    ["issues", issuesEvent("opened", issueOf({ updated_at: "2026-01-01T00:00:00Z" })), "stale"],
    ["issues", issuesEvent("opened", issueOf(), { sender: { id: 5, login: "Our-Bot", type: "User" } }), "own_event"],
    ["issue_comment", commentEvent("hello", issueOf()), "no_command"],
    ["issue_comment", commentEvent("<!-- spawnpoint:thr_1 -->\n/spawnpoint approve", issueOf()), "own_event"],
    [
      "issue_comment",
      commentEvent("/spawnpoint approve", issueOf(), { user: OUTSIDER, author_association: "NONE" }),
      "not_allowed",
    ],
    [
      "issue_comment",
      commentEvent("/spawnpoint approve", issueOf(), { user: { ...MEMBER, type: "Bot" } }),
      "not_allowed",
    ],
    ["issue_comment", commentEvent("/spawnpoint approve", issueOf({ number: 99 })), "unknown_issue"],
    ["push", pushEvent(["Fix the typo"]), "action"],
    ["push", pushEvent([`This reverts commit ${"a".repeat(40)}.`], "refs/heads/other"), "action"],
    ["push", pushEvent([`This reverts commit ${"a".repeat(40)}.`]), "unknown_issue"],
    ["release", { action: "published" }, "event"],
    ["__proto__", issuesEvent("opened", issueOf()), "event"],
    ["constructor", issuesEvent("opened", issueOf()), "event"],
    ["ping", { zen: "Keep it logically awesome.", hook_id: 1 }, "ping"],
  ])("ignores %s %#, and stores nothing", async (event, payload, reason) => {
    const { hook } = await newTenant("wh-ignored", { ...ALL, own_login: "our-bot" });
    const answer = await hook.send(event, payload);
    expect([answer.code, answer.data?.result, answer.data?.reason]).toEqual([200, "ignored", reason]);
    expect([await countOf("tracker_threads", "wh-ignored"), await countOf("decisions", "wh-ignored")]).toEqual([0, 0]);
  });
});

const RUNS = {
  ...ALL,
  trigger: { opened: true, label: "go" },
  runs: { on: true, per_day: 3, usd_per_day: 10, max_usd: 0.5 },
};

describe("runs", () => {
  it("starts one for an allowed author, and none for anybody else", async () => {
    const { admin, hook } = await newTenant("wh-runs", RUNS);
    const mine = await hook.send("issues", issuesEvent("opened", issueOf({ number: 1 })));
    const run = await admin.read(runSchema, `/api/runs/${mine.data?.run_id}`);
    expect([run.status, run.cost.cap_usd, run.decision_id]).toEqual(["running", 0.5, mine.data?.decision_id]);
    const stranger = issueOf({ number: 2, title: "Rename a variable", user: OUTSIDER, author_association: "NONE" });
    expect((await hook.send("issues", issuesEvent("opened", stranger))).data?.run_id).toBeNull();
    const label = { label: { name: "go" } };
    const template = await hook.send("issues", issuesEvent("labeled", stranger, { ...label, sender: OUTSIDER }));
    expect(template.data?.run_id).toBeNull();
    const bot = { id: 8, login: "ci[bot]", type: "Bot" };
    expect(
      (await hook.send("issues", issuesEvent("labeled", stranger, { ...label, sender: bot }))).data?.run_id,
    ).toBeNull();
    const labeled = await hook.send("issues", issuesEvent("labeled", stranger, { ...label, sender: MEMBER }));
    expect(labeled.data?.run_id).toMatch(/^run_/);
    expect(await countOf("runs", "wh-runs")).toBe(2);
  });

  it("holds the day's cap under fifty at once", async () => {
    stopAtNoon();
    const { hook } = await newTenant("wh-cap", RUNS);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        hook.send("issues", issuesEvent("opened", issueOf({ number: i + 1, title: `Fix typo ${i}` }))),
      ),
    );
    expect(answers.every(({ code }) => code === 202)).toBe(true);
    expect(answers.filter(({ data }) => data?.run_id !== null)).toHaveLength(3);
    expect(await countOf("runs", "wh-cap")).toBe(3);
    expect(
      (await threadsOf("wh-cap")).filter(({ wanted_comment }) => wanted_comment?.includes("cap for the day")),
    ).toHaveLength(47);
  });

  it("holds the day's money too", async () => {
    stopAtNoon();
    const runs = { on: true, per_day: 50, usd_per_day: 1, max_usd: 0.5 };
    const { hook } = await newTenant("wh-usd", { ...ALL, runs });
    const send = (number: number, title: string) =>
      hook.send("issues", issuesEvent("opened", issueOf({ number, title })));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => send(i + 1, `Fix typo ${i}`)));
    expect(answers.filter(({ data }) => data?.run_id !== null)).toHaveLength(2);
    const day = await env.DB.prepare(
      "select runs, micro_usd from webhook_days where hook_id = (select id from webhook_hooks where tenant_id = 'wh-usd')",
    ).first();
    expect(day).toEqual({ runs: 2, micro_usd: 1_000_000 });
  });

  it("starts one run of fifty deliveries about one issue", async () => {
    const { hook } = await newTenant("wh-one", RUNS);
    const issue = issueOf({ number: 3 });
    const events = Array.from({ length: 50 }, (_, i) => issuesEvent("opened", { ...issue, comments: i }));
    const answers = await Promise.all(events.map((event) => hook.send("issues", event)));
    expect(answers.map(({ code }) => code).filter((code) => code !== 202)).toEqual([]);
    expect([await countOf("runs", "wh-one"), await countOf("decisions", "wh-one")]).toEqual([1, 1]);
    expect(await threadsOf("wh-one")).toHaveLength(1);
  });
});

describe("commands", () => {
  it("let somebody else approve a gated run, never who asked for it or who wrote the issue", async () => {
    const { admin, hook } = await newTenant("wh-approve", RUNS);
    const issue = issueOf({ number: 5, ...RISKY, user: OUTSIDER, author_association: "COLLABORATOR" });
    const asked = await hook.send("issues", issuesEvent("labeled", issue, { label: { name: "Go" }, sender: OWNER }));
    const path = `/api/runs/${asked.data?.run_id}`;
    expect((await admin.read(runSchema, path)).status).toBe("awaiting_approval");
    for (const [user, author_association] of [
      [OWNER, "OWNER"],
      [OUTSIDER, "COLLABORATOR"],
    ] as const) {
      const own = await hook.send(
        "issue_comment",
        commentEvent("/spawnpoint approve", issue, { user, author_association }),
      );
      expect(own.data?.reason).toBe("not_allowed");
    }
    expect((await admin.read(runSchema, path)).status).toBe("awaiting_approval");
    expect((await hook.send("issue_comment", commentEvent("/spawnpoint approve", issue))).data?.result).toBe(
      "accepted",
    );
    const run = await admin.read(runSchema, path);
    expect([run.status, run.gate.approval_id]).toEqual(["running", expect.stringMatching(/^apr_/)]);
    expect((await threadsOf("wh-approve"))[0]?.wanted_comment).toContain("Approved.");
  });

  it("cancel a run, and decide anew", async () => {
    const { admin, hook } = await newTenant("wh-cancel", RUNS);
    const issue = issueOf({ number: 6 });
    const first = await hook.send("issues", issuesEvent("opened", issue));
    await hook.send("issue_comment", commentEvent("/spawnpoint cancel", issue));
    expect((await admin.read(runSchema, `/api/runs/${first.data?.run_id}`)).status).toBe("canceled");
    const anew = await hook.send("issue_comment", commentEvent("/spawnpoint route\r\nplease", issue));
    expect(anew.data?.decision_id).not.toBe(first.data?.decision_id);
    expect(anew.data?.run_id).not.toBe(first.data?.run_id);
  });
});

const outcomesOf = async (tenant: string) =>
  (
    await env.DB.prepare("select result from outcomes where tenant_id = ? order by created_at_ms")
      .bind(tenant)
      .all<{ result: string }>()
  ).results.map(({ result }) => result);

describe("outcomes", () => {
  it.each([
    ["completed", OWNER, "OWNER", "success"],
    ["not_planned", OWNER, "OWNER", "abandoned"],
    ["completed", OUTSIDER, "NONE", "abandoned"],
  ])("of an issue closed as %s by its author %#", async (state_reason, user, author_association, result) => {
    const tenant = `wh-closed-${state_reason}-${user.id}`;
    const { hook } = await newTenant(tenant);
    const issue = issueOf({ user, author_association });
    await hook.send("issues", issuesEvent("opened", issue));
    await hook.send("issues", issuesEvent("closed", { ...issue, state_reason }));
    expect(await outcomesOf(tenant)).toEqual([result]);
  });

  it("come of a merge that closes the issue; a revert and a reopening are told against its check", async () => {
    const { hook } = await newTenant("wh-merge");
    const issue = issueOf({ number: 7 });
    const first = await hook.send("issues", issuesEvent("opened", issue));
    expect((await hook.send("pull_request", pullEvent({ number: 12, body: "Fixes #7." }))).data?.decision_id).toBe(
      first.data?.decision_id,
    );
    expect(await outcomesOf("wh-merge")).toEqual(["success"]);
    const back = await hook.send(
      "pull_request",
      pullEvent({ number: 13, title: "Revert", body: "Reverts acme/shop#12" }),
    );
    expect(back.data?.decision_id).toBe(first.data?.decision_id);
    const anew = await hook.send("issues", issuesEvent("reopened", issue, { sender: MEMBER }));
    expect(anew.data?.decision_id).not.toBe(first.data?.decision_id);
    const events = await env.DB.prepare("select kind from attempt_events where decision_id = ? order by kind")
      .bind(first.data?.decision_id)
      .all<{ kind: string }>();
    expect(events.results.map(({ kind }) => kind)).toEqual(["reopened", "reverted"]);
  });
});
