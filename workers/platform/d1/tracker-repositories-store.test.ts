import { beforeAll, describe, expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import type { Db } from "./open-db.ts";
import { type NamedRepository, nameRepository } from "./tracker-repositories-store.ts";
import { readThread, saveThread } from "./tracker-threads-store.ts";
import { deleteHook } from "./webhook-hooks-store.ts";
import { trackerRepositories } from "./webhooks-tables.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

/** A hook of its own: what GitHub's events say a repository is called, and which decision an issue has by its name. */
function hookOf(hookId: string) {
  const named = (repositoryId: number, repository: string): NamedRepository => ({
    ...{ hookId, tenantId: `tenant of ${hookId}`, repositoryId, repository, nowMs: 1 },
  });
  return {
    hear: async (repositoryId: number, repository: string) =>
      unwrap(await nameRepository(db, named(repositoryId, repository))),
    decide: async (repository: string, number: number, decisionId: string) =>
      unwrap(
        await saveThread(db, {
          ...{ id: `thr_${hookId}_${decisionId}`, hookId, tenantId: "t", repository, number, decisionId },
          ...{ runId: null, labels: [], comment: null, nowMs: 1 },
        }),
      ),
    decisionOf: async (repository: string, number: number) =>
      unwrap(await readThread(db, { hookId, repository, number }))?.decisionId ?? null,
  };
}

describe("nameRepository()", () => {
  test("keeps two repositories apart that swap their names, whichever is heard of first", async () => {
    for (const [i, order] of [[1, 2] as const, [2, 1] as const].entries()) {
      const hook = hookOf(`swap-${i}`);
      await hook.hear(1, "acme/a");
      await hook.hear(2, "acme/b");
      await hook.decide("acme/a", 7, "dec_of_1");
      await hook.decide("acme/b", 7, "dec_of_2");
      for (const id of order) await hook.hear(id, id === 1 ? "acme/b" : "acme/a");
      expect([await hook.decisionOf("acme/b", 7), await hook.decisionOf("acme/a", 7)]).toEqual([
        "dec_of_1",
        "dec_of_2",
      ]);
    }
  });

  test("follows a repository through names that others had, and comes to one end however many tell at once", async () => {
    const hook = hookOf("chain");
    await hook.hear(1, "acme/a");
    await hook.decide("acme/a", 7, "dec_of_1");
    await Promise.all(Array.from({ length: 20 }, (_, i) => hook.hear(1, i % 2 === 0 ? "acme/b" : "acme/a")));
    await hook.hear(1, "acme/c");
    await Promise.all(Array.from({ length: 20 }, (_, i) => hook.hear(2 + (i % 3), "acme/c")));
    expect(await hook.decisionOf("acme/c", 7)).toBe(null);
    await hook.hear(1, "acme/d");
    expect(await hook.decisionOf("acme/d", 7)).toBe("dec_of_1");
  });

  test("takes what was known by the name alone for the first repository that has it", async () => {
    const hook = hookOf("before");
    await hook.decide("acme/a", 7, "dec_of_then");
    await hook.hear(1, "acme/a");
    await hook.hear(1, "acme/b");
    expect(await hook.decisionOf("acme/b", 7)).toBe("dec_of_then");
  });

  test("fails nothing where the new name holds an issue of nobody known", async () => {
    const hook = hookOf("taken");
    await hook.hear(1, "acme/a");
    await hook.decide("acme/a", 7, "dec_of_1");
    await hook.decide("acme/a", 8, "dec_of_1_too");
    await hook.decide("acme/b", 7, "dec_of_nobody");
    await hook.hear(1, "acme/b");
    expect([await hook.decisionOf("acme/b", 7), await hook.decisionOf("acme/b", 8)]).toEqual([
      "dec_of_nobody",
      "dec_of_1_too",
    ]);
  });

  test("leaves another hook's repositories alone, and is forgotten with its own", async () => {
    const [here, there] = [hookOf("here"), hookOf("there")];
    for (const hook of [here, there]) {
      await hook.hear(1, "acme/a");
      await hook.decide("acme/a", 7, "dec_of_1");
    }
    await here.hear(1, "acme/b");
    expect(await there.decisionOf("acme/a", 7)).toBe("dec_of_1");
    unwrap(await deleteHook(db, { id: "here" }));
    const left = await db.select().from(trackerRepositories);
    expect(left.map(({ hookId }) => hookId)).not.toContain("here");
    expect(left.map(({ hookId }) => hookId)).toContain("there");
  });
});
