import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { catalog, serveCatalog } from "./testing/caller.ts";
import { newRunCaller } from "./testing/run-caller.ts";
import { issueOf, issuesEvent, MEMBER, newHook, pullEvent } from "./testing/webhook-sender.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const ISSUE = { number: 7, title: "Rename a variable in the parser" };
const CLOSED = { ...issueOf(ISSUE), state_reason: "completed" };
const repositoryOf = (id: number, full_name: string) => ({
  repository: { id, full_name, private: false, default_branch: "main" },
});
const OLD = repositoryOf(7, "Acme/Shop");
const RENAMED = repositoryOf(7, "Acme/Store");
/** Another repository, made under the name that the first one gave up. */
const NEXT = repositoryOf(99, "Acme/Shop");

async function hookOf(tenant: string) {
  const caller = await newRunCaller(tenant, "admin", "read", "feedback", "run");
  const hook = await newHook(caller, { repositories: ["acme/*"] });
  const opened = async (where: object, delivered?: string) =>
    (await hook.send("issues", issuesEvent("opened", issueOf(ISSUE), where), delivered)).data?.decision_id ?? "";
  const closed = async (where: object) =>
    (await hook.send("issues", issuesEvent("closed", CLOSED, { sender: MEMBER, ...where }))).data;
  return { caller, hook, opened, closed };
}

const outcomesOf = async (id: string) =>
  (
    await env.DB.prepare("select result from outcomes where decision_id = ?").bind(id).all<{ result: string }>()
  ).results.map(({ result }) => result);

describe("a repository that has another name", () => {
  it("teaches by the decision of then: a close and a reopening, a merge and its revert", async () => {
    const { opened, closed } = await hookOf("rn-close");
    const id = await opened(OLD);
    expect((await closed(RENAMED))?.decision_id).toBe(id);
    expect(await outcomesOf(id)).toEqual(["success"]);

    const merging = await hookOf("rn-merge");
    const merged = await merging.opened(OLD);
    await merging.hook.send("pull_request", { ...pullEvent({ number: 12, body: "Fixes #7" }), ...OLD });
    await merging.hook.send("pull_request", {
      ...pullEvent({ number: 13, body: "Reverts Acme/Store#12" }),
      ...RENAMED,
    });
    const events = await env.DB.prepare("select kind, repository from attempt_events where decision_id = ?")
      .bind(merged)
      .all();
    expect(events.results).toEqual([{ kind: "reverted", repository: "acme/store" }]);
  });

  it("takes along how good its checks have been", async () => {
    const { caller, opened, closed } = await hookOf("rn-checks");
    const id = await opened(OLD);
    await caller.post(`/api/decisions/${id}/verdict`, {
      accepted: true,
      attempt: 0,
      source: "ci",
      repository: "acme/shop",
    });
    await closed(RENAMED);
    const of = async (name: string) => Object((await caller.get(`/api/verifiers?repository=${name}`)).body).data.length;
    expect([await of("acme/store"), await of("acme/shop")]).toEqual([1, 0]);
  });

  it("keeps the open decision of an issue that is asked about again, under the task's new name", async () => {
    const { caller, opened } = await hookOf("rn-lock");
    const id = await opened(OLD);
    expect(await opened(RENAMED)).toBe(id);
    const decision = Object((await caller.get(`/api/decisions/${id}`)).body).data;
    expect([decision.task_id, decision.state]).toEqual(["acme/store#7", "open"]);
    const other = await caller.post("/api/route", { task: "Something else", task_id: "acme/store#7" });
    expect(Object(other.body).data.id).toBe(id);
    expect(Object((await caller.post("/api/route", { task: "Anew", task_id: "acme/shop#7" })).body).data.id).not.toBe(
      id,
    );
  });

  it("may come back to its name", async () => {
    const { opened, closed } = await hookOf("rn-back");
    const id = await opened(OLD);
    expect(await opened(RENAMED)).toBe(id);
    expect((await closed(OLD))?.decision_id).toBe(id);
    expect(await outcomesOf(id)).toEqual(["success"]);
  });
});

describe("a new repository under a name that another one had", () => {
  it.each([
    ["before the first word under the new name", [NEXT, RENAMED]],
    ["after it", [RENAMED, NEXT]],
  ])("inherits neither issue nor decision nor checks, heard of %s", async (_, order) => {
    const { caller, opened, closed } = await hookOf(`rn-next-${order[0] === NEXT}`);
    const id = await opened(OLD);
    await caller.post(`/api/decisions/${id}/verdict`, {
      accepted: false,
      attempt: 0,
      source: "ci",
      repository: "acme/shop",
    });
    const told = new Map<object, string>();
    for (const where of order) told.set(where, await opened(where));
    expect(told.get(RENAMED)).toBe(id);
    const next = told.get(NEXT) ?? "";
    expect([next.startsWith("dec_"), next === id]).toEqual([true, false]);
    const checks = async (name: string) =>
      Object((await caller.get(`/api/verifiers?repository=${name}`)).body).data.length;
    expect([await checks("acme/shop"), await checks("acme/store")]).toEqual([0, 1]);
    await closed(NEXT);
    expect([await outcomesOf(next), await outcomesOf(id)]).toEqual([["success"], []]);
    await closed(RENAMED);
    expect(await outcomesOf(id)).toEqual(["success"]);
  });

  it("closes nothing of the one before, whose issue it does not have", async () => {
    const { opened, closed } = await hookOf("rn-gone");
    const id = await opened(OLD);
    expect((await closed(NEXT))?.reason).toBe("unknown_issue");
    expect(await outcomesOf(id)).toEqual([]);
  });
});
