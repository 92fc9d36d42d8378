import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { observationQueries } from "../platform/d1/outcomes-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { catalog, serveCatalog } from "./testing/caller.ts";
import { newRunCaller } from "./testing/run-caller.ts";
import {
  issueOf,
  issuesEvent,
  MEMBER,
  newHook,
  OUTSIDER,
  OWNER,
  pullEvent,
  pushEvent,
} from "./testing/webhook-sender.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const SHA = "0123456789abcdef0123456789abcdef01234567";
const BOT = { id: 8, login: "agent[bot]", type: "Bot" };

/** A tenant, its hook, and one decided issue. */
async function decided(tenant: string, settings: object = {}) {
  const caller = await newRunCaller(tenant, "admin", "read", "feedback", "run");
  const hook = await newHook(caller, settings);
  const issue = issueOf({ number: 7, title: "Rename a variable in the parser" });
  const opened = await hook.send("issues", issuesEvent("opened", issue));
  const id = opened.data?.decision_id ?? "";
  const judge = async (accepted: boolean, attempt: number) =>
    (await caller.post(`/api/decisions/${id}/verdict`, { accepted, attempt, source: "ci", repository: "acme/shop" }))
      .body;
  /** Rejects every attempt that the decision has. */
  const exhaust = async () => {
    for (let attempt = 0; attempt < 9; attempt += 1)
      if (Object(await judge(false, attempt)).data?.status === "exhausted") return attempt;
    throw new Error("a decision never ends");
  };
  return { hook, issue, id, judge, exhaust };
}

const eventsOf = async (id: string) =>
  (
    await env.DB.prepare("select kind, attempt from attempt_events where decision_id = ? order by kind")
      .bind(id)
      .all<{ kind: string; attempt: number }>()
  ).results.map(({ kind, attempt }) => `${kind}@${attempt}`);

const outcomesOf = async (id: string) =>
  (
    await env.DB.prepare("select result from outcomes where decision_id = ?").bind(id).all<{ result: string }>()
  ).results.map(({ result }) => result);

/** What is learned from a tenant's attempts now. */
const learnedOf = async (tenantId: string) => {
  const [ofOutcomes, ofVerdicts] = observationQueries(await openTestDb(), { tenantId, sinceMs: 0 });
  return [...(await ofOutcomes), ...(await ofVerdicts)].map(({ y }) => Number(y));
};

describe("later truth", () => {
  it("turns a success over after a revert, and keeps the first row", async () => {
    const { hook, id } = await decided("tr-revert");
    await hook.send("pull_request", pullEvent({ number: 12, body: "Fixes #7", merge_commit_sha: SHA }));
    expect([await outcomesOf(id), await learnedOf("tr-revert")]).toEqual([["success"], [1]]);
    await hook.send("pull_request", pullEvent({ number: 13, body: "Reverts acme/shop#12" }));
    expect([await outcomesOf(id), await eventsOf(id), await learnedOf("tr-revert")]).toEqual([
      ["success"],
      ["reverted@0"],
      [0],
    ]);
  });

  it("turns it over after a pushed revert commit too, by the merge's commit", async () => {
    const { hook, id } = await decided("tr-push");
    await hook.send("pull_request", pullEvent({ number: 12, body: "Fixes #7", merge_commit_sha: SHA }));
    const other = pushEvent([`Revert "x"\n\nThis reverts commit ${"b".repeat(40)}.`]);
    expect((await hook.send("push", other)).data?.reason).toBe("unknown_issue");
    const back = await hook.send("push", pushEvent(["tidy", `Revert "A change"\n\nThis reverts commit ${SHA}.`]));
    expect([back.data?.decision_id, await eventsOf(id), await learnedOf("tr-push")]).toEqual([id, ["reverted@0"], [0]]);
  });

  it("takes no merge into another branch than the default one: such a merge closes no issue, and takes nothing back", async () => {
    const { hook, id } = await decided("tr-branch");
    const into = (ref: string, pull: Parameters<typeof pullEvent>[0]) => {
      const event = pullEvent({ ...pull, merge_commit_sha: SHA });
      const repository = { ...event.repository, default_branch: "main" };
      return { ...event, repository, pull_request: { ...event.pull_request, base: { ref } } };
    };
    const send = async (...merge: Parameters<typeof into>) => (await hook.send("pull_request", into(...merge))).data;
    expect((await send("release-1", { number: 12, body: "Fixes #7" }))?.reason).toBe("action");
    expect(await outcomesOf(id)).toEqual([]);
    await send("main", { number: 14, body: "Fixes #7" });
    expect((await send("release-1", { number: 15, body: "Reverts acme/shop#14" }))?.reason).toBe("action");
    expect([await outcomesOf(id), await eventsOf(id)]).toEqual([["success"], []]);
  });

  it.each(["base", "default_branch"])("takes no merge for one into the default branch without %s", async (missing) => {
    const { hook, id } = await decided(`tr-unknown-${missing}`);
    const { pull_request, repository, ...event } = pullEvent({ number: 12, body: "Fixes #7" });
    const { base, ...pull } = pull_request;
    const { default_branch, ...named } = repository;
    const sent = {
      ...event,
      pull_request: missing === "base" ? pull : { ...pull, base },
      repository: missing === "base" ? { ...named, default_branch } : named,
    };
    expect((await hook.send("pull_request", sent)).data?.reason).toBe("action");
    expect(await outcomesOf(id)).toEqual([]);
  });

  it.each([
    ["Fixes Acme/shop#7", ["success"]],
    ["resolves: https://github.com/acme/Shop/issues/7.", ["success"]],
    ["Fixes stranger/shop#7", []],
    ["Fixes acme/shop-two#7", []],
    ["Closes https://github.com/stranger/shop/issues/7", []],
  ])("reads the closing words %j as GitHub does", async (body, outcomes) => {
    const { hook, id } = await decided(`tr-words-${body.length}`);
    await hook.send("pull_request", pullEvent({ number: 12, body }));
    expect(await outcomesOf(id)).toEqual(outcomes);
  });

  it("tells a reopening, and a revert after it, against the decision that was carried out, not the new one", async () => {
    const { hook, issue, id } = await decided("tr-order");
    await hook.send("pull_request", pullEvent({ number: 12, body: "Fixes #7", merge_commit_sha: SHA }));
    const anew = await hook.send("issues", issuesEvent("reopened", issue, { sender: MEMBER }));
    await hook.send("pull_request", pullEvent({ number: 13, body: "Reverts acme/shop#12" }));
    expect(anew.data?.decision_id).not.toBe(id);
    expect(await eventsOf(id)).toEqual(["reopened@0", "reverted@0"]);
    expect(await eventsOf(anew.data?.decision_id ?? "")).toEqual([]);
    // The new decision is open: the same event again is no word against it.
    await hook.send("issues", issuesEvent("reopened", { ...issue, comments: 9 }, { sender: MEMBER }));
    expect(await eventsOf(anew.data?.decision_id ?? "")).toEqual([]);
  });

  it("takes the merge of a rejected attempt as a wrong rejection, where the pull request is ours", async () => {
    const { hook, id, exhaust } = await decided("tr-stands");
    const last = await exhaust();
    await hook.send("pull_request", pullEvent({ number: 12, body: `Fixes #7 (${id})`, author_association: "MEMBER" }));
    expect(await eventsOf(id)).toEqual([`stands@${last}`]);
    const other = await decided("tr-by-hand");
    await other.exhaust();
    await other.hook.send("pull_request", pullEvent({ number: 12, body: "Fixes #7", user: MEMBER }));
    expect([await eventsOf(other.id), await outcomesOf(other.id)]).toEqual([[], ["abandoned"]]);
    await other.hook.send("issues", issuesEvent("closed", { ...other.issue, state_reason: "completed" }));
    expect(await learnedOf("tr-by-hand")).not.toContain(1);
  });

  it("takes a pull request of ours that a person closes unmerged as discarded, after a verdict alone", async () => {
    const { hook, id, judge } = await decided("tr-discard");
    const closed = (sender = MEMBER, user = BOT) =>
      hook.send("pull_request", pullEvent({ number: 12, body: "Fixes #7", merged: false, user }, sender));
    expect((await closed()).data?.reason).toBe("unknown_issue");
    await judge(true, 0);
    expect((await closed(MEMBER, OWNER)).data?.reason).toBe("unknown_issue");
    expect((await closed(BOT)).data?.reason).toBe("not_allowed");
    expect((await closed(OUTSIDER, OUTSIDER)).data?.reason).toBe("not_allowed");
    expect([await eventsOf(id), await learnedOf("tr-discard")]).toEqual([[], [1]]);
    expect((await closed()).data?.decision_id).toBe(id);
    expect([await eventsOf(id), await learnedOf("tr-discard")]).toEqual([["discarded@0"], [0]]);
  });

  it("does not take a stranger's pull request for the decided work, though it names the decision that anybody can read", async () => {
    const { hook, id, judge } = await decided("tr-posing");
    const posing = { number: 12, body: `Fixes #7 (${id})`, user: OUTSIDER };
    await judge(true, 0);
    const closed = await hook.send("pull_request", pullEvent({ ...posing, merged: false }));
    expect([closed.data?.reason, await eventsOf(id)]).toEqual(["unknown_issue", []]);
  });

  it("does not let a stranger or an app teach by reopening or closing", async () => {
    const caller = await newRunCaller("tr-stranger", "admin", "read", "feedback");
    const hook = await newHook(caller);
    const issue = issueOf({ number: 8, user: OUTSIDER, author_association: "NONE" });
    const id = (await hook.send("issues", issuesEvent("opened", issue))).data?.decision_id ?? "";
    await caller.post(`/api/decisions/${id}/verdict`, { accepted: true, attempt: 0, source: "ci" });
    await hook.send("issues", issuesEvent("reopened", issue));
    expect(await eventsOf(id)).toEqual([]);
    const done = { ...issue, state_reason: "completed" };
    expect((await hook.send("issues", issuesEvent("closed", done, { sender: BOT }))).data?.reason).toBe("not_allowed");
  });
});
