import { beforeAll, expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import type { Db } from "./open-db.ts";
import { readSourceStates, saveSourceFailure, saveSourceSuccess } from "./source-states-store.ts";
import { sourceStates } from "./source-states-tables.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const file = { part: "list", urlSha256: "ab".repeat(32), etag: '"1"', sha256: "cd".repeat(32), sizeBytes: 9 };
const failure = { notBeforeMs: null, faultKind: "unavailable", faultDetail: "down" };
const stateOf = async (source: string) => unwrap(await readSourceStates(db)).find((state) => state.source === source);

test("saveSourceSuccess() keeps the bodies, and saveSourceFailure() leaves them", async () => {
  unwrap(await saveSourceSuccess(db, { source: "a", release: "1", files: [file], atMs: 10 }));
  const good = { source: "a", release: "1", files: [file], goodAtMs: 10, triedAtMs: 10, notBeforeMs: null };
  expect(await stateOf("a")).toEqual({ ...good, faultKind: null, faultDetail: null });
  unwrap(await saveSourceFailure(db, { source: "a", atMs: 20, ...failure, notBeforeMs: 99 }));
  expect(await stateOf("a")).toEqual({ ...good, ...failure, triedAtMs: 20, notBeforeMs: 99 });
  unwrap(await saveSourceSuccess(db, { source: "a", release: "2", files: [], atMs: 30 }));
  expect(await stateOf("a")).toMatchObject({ release: "2", goodAtMs: 30, notBeforeMs: null, faultKind: null });
});

test("saveSourceFailure() notes a source that was never good", async () => {
  unwrap(await saveSourceFailure(db, { source: "b", atMs: 5, ...failure }));
  expect(await stateOf("b")).toMatchObject({ goodAtMs: null, files: [], faultKind: "unavailable" });
});

test("an attempt that began earlier does not overwrite a later one", async () => {
  unwrap(await saveSourceSuccess(db, { source: "c", release: "2", files: [file], atMs: 20 }));
  unwrap(await saveSourceSuccess(db, { source: "c", release: "1", files: [], atMs: 10 }));
  unwrap(await saveSourceFailure(db, { source: "c", atMs: 15, ...failure }));
  expect(await stateOf("c")).toMatchObject({ release: "2", triedAtMs: 20, faultKind: null });
});

test("readSourceStates() refuses a row that cannot be read", async () => {
  const row = { source: "z", release: "", files: '[{"part":7}]', triedAtMs: 1 };
  await db.insert(sourceStates).values(row);
  expect(faultOf(await readSourceStates(db)).kind).toBe("malformed_data");
});
