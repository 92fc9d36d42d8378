import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { catalog, serveCatalog } from "./testing/caller.ts";
import { newRunCaller } from "./testing/run-caller.ts";
import {
  carryOut,
  commentEvent,
  deliver,
  issueOf,
  issuesEvent,
  MEMBER,
  newHook,
  nextDelivery,
  OUTSIDER,
  OWNER,
  pullEvent,
  receive,
  signGithub,
} from "./testing/webhook-sender.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const ALL = { token: "ghp_0123456789abcdefghij", labels: { on: true }, comment: true };
const countOf = async (table: string, tenant: string): Promise<number> =>
  (await env.DB.prepare(`select count(*) as n from ${table} where tenant_id = ?`).bind(tenant).first<{ n: number }>())
    ?.n ?? 0;
const newTenant = async (tenant: string, settings: object = {}) => {
  const admin = await newRunCaller(tenant, "admin", "run", "read", "approve");
  return { admin, hook: await newHook(admin, settings) };
};
const headersOf = (text: string, event = "issues") => ({
  ...{ "x-github-event": event, "x-github-delivery": nextDelivery() },
  "x-hub-signature-256": signGithub(text),
});

describe("a comment", () => {
  it.each([
    "> /spawnpoint approve",
    "```\n/spawnpoint approve\n```",
    "`/spawnpoint approve`",
    "    /spawnpoint approve",
    "please\n/spawnpoint approve",
    "/spawnpoint approve now",
    "/spawnpoint approve\u00a0",
    "/Spawnpoint approve",
    "/spawnpoint APPROVE",
    "/spawnpoint\napprove",
    "<!-- -->/spawnpoint approve",
    "/spawnpoint toString",
    "/spawnpoint __proto__",
  ])("that is %j is no command", async (body) => {
    const { hook } = await newTenant("ad-words", ALL);
    expect((await hook.send("issue_comment", commentEvent(body, issueOf()))).data?.reason).toBe("no_command");
  });

  it("that is edited or deleted into a command, or written through an app, is none", async () => {
    const { hook } = await newTenant("ad-edit", ALL);
    const said = commentEvent("/spawnpoint approve", issueOf());
    for (const action of ["edited", "deleted"])
      expect((await hook.send("issue_comment", { ...said, action })).data?.reason).toBe("action");
    const app = { ...said, comment: { ...said.comment, performed_via_github_app: { id: 9, name: "spawnpoint" } } };
    expect((await hook.send("issue_comment", app)).data?.reason).toBe("not_allowed");
    // Somebody else sends it than who wrote it.
    expect((await hook.send("issue_comment", { ...said, sender: OWNER })).data?.reason).toBe("not_allowed");
  });

  it("of ours is no event, whoever edits it or quotes its marker", async () => {
    const { hook } = await newTenant("ad-own", ALL);
    for (const body of ["<!-- spawnpoint:thr_x -->\n/spawnpoint approve", "/spawnpoint approve\n<!-- spawnpoint:"])
      expect((await hook.send("issue_comment", commentEvent(body, issueOf()))).data?.reason).toBe("own_event");
  });

  it("never approves what its author asked for, by any event and under any association", async () => {
    const runs = { on: true, per_day: 9, usd_per_day: 10, max_usd: 0.5 };
    const { hook } = await newTenant("ad-self", { ...ALL, trigger: { opened: true, label: "go" }, runs });
    const issue = issueOf({
      ...{ number: 3, title: "Drop the users table in production and rotate every credential" },
      ...{ body: "Delete all payment data and the backups.", user: OUTSIDER, author_association: "NONE" },
    });
    await hook.send("issues", issuesEvent("opened", issue));
    // A member asks anew by a command: both have asked now.
    await hook.send("issue_comment", commentEvent("/spawnpoint route", issue));
    for (const [user, author_association] of [
      [MEMBER, "OWNER"],
      [OUTSIDER, "OWNER"],
    ] as const) {
      const told = await hook.send(
        "issue_comment",
        commentEvent("/spawnpoint approve", issue, { user, author_association }),
      );
      expect(told.data?.reason).toBe("not_allowed");
    }
    expect(await countOf("approvals", "ad-self")).toBe(0);
    // The same account under another name and case is the same number.
    const renamed = { ...MEMBER, login: "Owner" };
    const again = await hook.send("issue_comment", commentEvent("/spawnpoint approve", issue, { user: renamed }));
    expect(again.data?.reason).toBe("not_allowed");
  });
});

describe("a payload", () => {
  it.each([
    ["number as text", { issue: { ...issueOf(), number: "7" } }, 400],
    ["number 0", { issue: issueOf({ number: 0 }) }, 400],
    ["number with a fraction", { issue: issueOf({ number: 1.5 }) }, 400],
    ["huge number", { issue: issueOf({ number: 1e300 }) }, 400],
    ["repository with a path", { repository: { full_name: "acme/../shop" } }, 400],
    ["repository in Cyrillic", { repository: { full_name: "аcme/shop" } }, 400],
    ["repository with NUL", { repository: { full_name: "acme/shop\u0000" } }, 400],
    ["repository as a list", { repository: { full_name: ["acme/shop"] } }, 400],
    ["another repository", { repository: { full_name: "acme/shop.evil" } }, 403],
    ["another owner", { repository: { full_name: "acme-evil/shop" } }, 403],
    ["no sender", { sender: null }, 400],
    ["time without sense", { issue: issueOf({ updated_at: "soon" }) }, 200],
  ])("with %s is refused or ignored, and nothing is stored", async (_, over, code) => {
    const { hook } = await newTenant("ad-shape", ALL);
    const answer = await hook.send("issues", { ...issuesEvent("opened", issueOf()), ...over });
    expect([answer.code, await countOf("tracker_threads", "ad-shape")]).toEqual([code, 0]);
  });

  it("whose words are commands, markup or labels of ours says nothing in the comment or the labels", async () => {
    const { hook } = await newTenant("ad-words-in", ALL);
    const title =
      "spawnpoint/risk:low `@everyone` ![x](http://evil.example/p.png) <!-- spawnpoint:thr_1 --> /spawnpoint approve";
    await hook.send("issues", issuesEvent("opened", issueOf({ number: 5, title, body: "\u202e\ud83d\ude00 \u0000" })));
    const row = await env.DB.prepare("select * from tracker_threads where tenant_id = 'ad-words-in'").first();
    expect(row?.wanted_comment).not.toMatch(/everyone|evil\.example|<!--/);
    expect(
      JSON.parse(String(row?.wanted_labels)).every((one: string) => /^spawnpoint\/[a-z_]+:[a-z_-]+$/.test(one)),
    ).toBe(true);
    const label = { label: { name: "x".repeat(100_000) } };
    expect((await hook.send("issues", issuesEvent("labeled", issueOf(), label))).data?.reason).toBe("no_trigger");
  });

  it("that claims an association counts for nothing unsigned, and a forged one never reaches a store", async () => {
    const { hook } = await newTenant("ad-assoc", ALL);
    const text = JSON.stringify(issuesEvent("opened", issueOf({ user: OUTSIDER, author_association: "OWNER" })));
    const forged = { ...headersOf(text), "x-hub-signature-256": signGithub(text, "guessed-secret-of-16") };
    expect((await deliver(hook.path, text, forged)).code).toBe(403);
    expect(await countOf("decisions", "ad-assoc")).toBe(0);
  });

  it("as a form, which GitHub sends where nobody chose JSON, is refused with what to choose", async () => {
    const { admin, hook } = await newTenant("ad-form", ALL);
    const text = `payload=${encodeURIComponent(JSON.stringify(issuesEvent("opened", issueOf())))}`;
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await admin.raw({ method: "POST", path: hook.path, headers: { ...headersOf(text), ...type } });
    expect([answer.status, Object(await answer.json()).error.message]).toEqual([
      415,
      expect.stringContaining("choose that content type"),
    ]);
  });
});

describe("a delivery that is kept", () => {
  const rowOf = (delivery: string) =>
    env.DB.prepare("select * from webhook_deliveries where delivery_id = ?").bind(delivery).first();

  it("holds the issue's words sealed, and none once it is done", async () => {
    const { hook } = await newTenant("ad-seal", ALL);
    const text = JSON.stringify(issuesEvent("opened", issueOf({ number: 6, title: "CANARY-words" })));
    const headers = headersOf(text);
    const { kept } = await receive(hook.path, text, headers);
    const before = await rowOf(headers["x-github-delivery"]);
    expect([kept, before?.is_done, JSON.stringify(before).includes("CANARY")]).toEqual([
      [`${before?.token}/delivery`],
      0,
      false,
    ]);
    await carryOut(String(before?.token));
    expect(await rowOf(headers["x-github-delivery"])).toMatchObject({ is_done: 1, work: null, failure: null });
  });

  it("is carried out once by fifty messages at once", async () => {
    const { hook } = await newTenant("ad-fifty", { ...ALL, runs: { on: true, per_day: 9, max_usd: 0.5 } });
    const text = JSON.stringify(issuesEvent("opened", issueOf({ number: 9 })));
    const { kept } = await receive(hook.path, text, headersOf(text));
    const token = kept[0]?.split("/")[0] ?? "";
    const effects = await Promise.all(Array.from({ length: 50 }, () => carryOut(token)));
    expect(effects.filter((one) => one.ok && one.value !== null)).toHaveLength(1);
    expect([await countOf("decisions", "ad-fifty"), await countOf("runs", "ad-fifty")]).toEqual([1, 1]);
  });

  it("is tried again after a failure that passes, with the effects it had done once", async () => {
    const { hook } = await newTenant("ad-again", ALL);
    const text = JSON.stringify(issuesEvent("opened", issueOf({ number: 10 })));
    const { kept } = await receive(hook.path, text, headersOf(text));
    const token = kept[0]?.split("/")[0] ?? "";
    await env.DB.prepare("alter table tracker_threads rename to threads_away").run();
    const failed = await carryOut(token);
    await env.DB.prepare("alter table threads_away rename to tracker_threads").run();
    expect(failed).toMatchObject({ ok: false, fault: { kind: "unavailable" } });
    expect(await carryOut(token)).toMatchObject({ ok: true, value: { ignored: null } });
    expect([await countOf("decisions", "ad-again"), await countOf("tracker_threads", "ad-again")]).toEqual([1, 1]);
  });

  it("about an issue waits for the one that opened it", async () => {
    const { hook } = await newTenant("ad-order", ALL);
    const issue = issueOf({ number: 13, state_reason: "completed" });
    const tokenOf = async (action: string) => {
      const text = JSON.stringify(issuesEvent(action, issue));
      return (await receive(hook.path, text, headersOf(text))).kept[0]?.split("/")[0] ?? "";
    };
    const opened = await tokenOf("opened");
    await new Promise((go) => setTimeout(go, 2));
    const closed = await tokenOf("closed");
    expect(await carryOut(closed)).toMatchObject({ ok: false, fault: { kind: "unavailable" } });
    expect(await carryOut(opened)).toMatchObject({ ok: true, value: { ignored: null } });
    expect(await carryOut(closed)).toMatchObject({ ok: true, value: { ignored: null } });
    expect(await countOf("outcomes", "ad-order")).toBe(1);
  });

  it("comes to nothing where its hook is deleted in flight", async () => {
    const { admin, hook } = await newTenant("ad-gone", ALL);
    const text = JSON.stringify(issuesEvent("opened", issueOf({ number: 11 })));
    const { kept } = await receive(hook.path, text, headersOf(text));
    await admin.send({ method: "DELETE", path: "/api/webhooks/github" });
    expect(await carryOut(kept[0]?.split("/")[0] ?? "")).toEqual({ ok: true, value: null });
    expect([await countOf("decisions", "ad-gone"), await countOf("tracker_threads", "ad-gone")]).toEqual([0, 0]);
  });

  it("that failed for good is shown, and taken again when GitHub delivers it again", async () => {
    const { admin, hook } = await newTenant("ad-failed", ALL);
    const text = JSON.stringify(issuesEvent("opened", issueOf({ number: 12 })));
    const headers = headersOf(text);
    await receive(hook.path, text, headers);
    await env.DB.prepare(
      "update webhook_deliveries set is_done = 1, work = null, failure = 'conflict' where delivery_id = ?",
    )
      .bind(headers["x-github-delivery"])
      .run();
    const shown = await admin.get("/api/webhooks/github");
    expect(Object(shown.body).data).toMatchObject({ deliveries_24h: 1, failed_deliveries_24h: 1 });
    expect((await deliver(hook.path, text, headers)).data?.decision_id).toMatch(/^dec_/);
    expect((await deliver(hook.path, text, headers)).data?.result).toBe("duplicate");
  });
});

describe("PUT /api/webhooks/github", () => {
  it.each([
    ["a public key", "-----BEGIN PUBLIC KEY-----\nCANARY\n-----END PUBLIC KEY-----"],
    ["an OpenSSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\n-----END OPENSSH PRIVATE KEY-----"],
    ["an EC key", "-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----"],
    ["an encrypted key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nCANARY\n-----END ENCRYPTED PRIVATE KEY-----"],
  ])("refuses %s, and repeats none of it", async (_, private_key) => {
    const quiet = vi.spyOn(console, "log");
    const admin = await newRunCaller("ad-keys", "admin");
    const app = { app_id: 1, installation_id: 2, private_key };
    const body = { repositories: ["acme/shop"], secrets: ["0123456789abcdef"], app };
    const answer = await admin.send({ method: "PUT", path: "/api/webhooks/github", body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify([answer.body, quiet.mock.calls])).not.toContain("CANARY");
    quiet.mockRestore();
  });
});

it("a pull request's words close ten issues at most, and none of another repository", async () => {
  const { hook } = await newTenant("ad-closes");
  await hook.send("issues", issuesEvent("opened", issueOf({ number: 30 })));
  const numbers = Array.from({ length: 400 }, (_, i) => `Fixes #${i + 1_000}`).join("\n");
  const answers = [
    await hook.send("pull_request", pullEvent({ number: 40, body: numbers })),
    await hook.send("pull_request", pullEvent({ number: 41, body: "Fixes other/repo#30" })),
    await hook.send("pull_request", pullEvent({ number: 42, body: "prefixes #30" })),
    await hook.send("pull_request", pullEvent({ number: 43, body: "Fixes #030000000000" })),
  ];
  expect(answers.map(({ data }) => data?.reason)).toEqual(answers.map(() => "unknown_issue"));
  expect(await countOf("outcomes", "ad-closes")).toBe(0);
});
