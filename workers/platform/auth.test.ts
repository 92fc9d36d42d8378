import { beforeAll, describe, expect, test } from "vitest";
import { isWellFormedKey, makeKey } from "./api-key.ts";
import { authenticate, requireScope } from "./auth.ts";
import { type ApiKeyRow, listKeys, readKeyByHash, revokeKey, saveKey } from "./d1/api-keys-store.ts";
import type { Db } from "./d1/open-db.ts";
import { openTestDb } from "./testing/test-database.ts";
import { faultOf, unwrap } from "./testing/unwrap.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const deps = (anonymousRead = false) => ({
  anonymousRead,
  anonymousFeedback: false,
  readKeyByHash: (hash: string) => readKeyByHash(db, { hash }),
});
const ask = (authorization?: string) =>
  new Request("http://host/", authorization === undefined ? {} : { headers: { authorization } });

async function newKey(scopes: ApiKeyRow["scopes"]): Promise<{ key: string; row: ApiKeyRow }> {
  const made = await makeKey({ tenantId: "t1", name: "test", scopes, nowMs: 5 });
  unwrap(await saveKey(db, made.row));
  return made;
}

describe("makeKey()", () => {
  test("makes distinct keys whose checksum holds and whose row does not hold the key", async () => {
    const made = await Promise.all(
      Array.from({ length: 50 }, () => makeKey({ tenantId: "t", name: "n", scopes: ["read"], nowMs: 1 })),
    );
    expect(new Set(made.map(({ key }) => key)).size).toBe(50);
    for (const { key, row } of made) {
      expect(key).toMatch(/^sp_[0-9A-Za-z]{38}$/);
      expect(isWellFormedKey(key)).toBe(true);
      expect(JSON.stringify(row)).not.toContain(key.slice(3, 35));
      expect(row.lastFour).toBe(key.slice(-4));
    }
  });

  test("isWellFormedKey() refuses every single changed character", async () => {
    const { key } = await makeKey({ tenantId: "t", name: "n", scopes: [], nowMs: 1 });
    for (let i = 3; i < key.length; i++) {
      const changed = key.slice(0, i) + (key[i] === "a" ? "b" : "a") + key.slice(i + 1);
      expect(isWellFormedKey(changed)).toBe(false);
    }
  });
});

describe("authenticate()", () => {
  test("gives the key's tenant and scopes", async () => {
    const { key, row } = await newKey(["read", "run"]);
    const principal = unwrap(await authenticate(ask(`bearer ${key}`), deps()));
    expect(principal).toEqual({ tenantId: "t1", keyId: row.id, scopes: ["read", "run"], anonymous: false });
  });

  test("takes a request without a header as anonymous only where that is allowed", async () => {
    expect(faultOf(await authenticate(ask(), deps()))).toEqual({ kind: "unauthorized" });
    expect(unwrap(await authenticate(ask(), deps(true)))).toMatchObject({ tenantId: "anonymous", keyId: null });
  });

  test("lets an anonymous request give feedback only where that is allowed too", async () => {
    const scopesOf = async (over: object) => unwrap(await authenticate(ask(), { ...deps(true), ...over })).scopes;
    expect(await scopesOf({})).toEqual(["read"]);
    expect(await scopesOf({ anonymousFeedback: true })).toEqual(["read", "feedback"]);
    expect(faultOf(await authenticate(ask(), { ...deps(), anonymousFeedback: true })).kind).toBe("unauthorized");
  });

  test("never takes a wrong header as anonymous, and refuses a bad checksum without a look-up", async () => {
    const { key } = await makeKey({ tenantId: "t1", name: "x", scopes: ["admin"], nowMs: 1 });
    const never = {
      anonymousRead: true,
      anonymousFeedback: true,
      readKeyByHash: () => Promise.reject(new Error("looked up")),
    };
    for (const header of ["", "Bearer", "Bearer ", "Basic abc", `Bearer ${key}x`, `Bearer ${key.slice(0, -1)}`, key]) {
      expect(faultOf(await authenticate(ask(header), never))).toEqual({ kind: "unauthorized" });
    }
    expect(faultOf(await authenticate(ask(`Bearer ${key}`), deps(true)))).toEqual({ kind: "unauthorized" });
  });

  test("refuses a revoked key; only its own tenant can revoke it", async () => {
    const { key, row } = await newKey(["read"]);
    const revoke = (tenantId: string, nowMs: number) => revokeKey(db, { tenantId, id: row.id, nowMs });
    expect(faultOf(await revoke("t2", 7)).kind).toBe("not_found");
    unwrap(await authenticate(ask(`Bearer ${key}`), deps()));
    unwrap(await revoke("t1", 8));
    unwrap(await revoke("t1", 9));
    expect(faultOf(await authenticate(ask(`Bearer ${key}`), deps()))).toEqual({ kind: "unauthorized" });
    const listed = unwrap(await listKeys(db, { tenantId: "t1" })).find((entry) => entry.id === row.id);
    expect(listed?.revokedAtMs).toBe(8);
  });
});

describe("requireScope()", () => {
  const principal = (scopes: ApiKeyRow["scopes"], anonymous = false) => ({
    tenantId: "t",
    keyId: anonymous ? null : "key_1",
    scopes,
    anonymous,
  });

  test("lets admin do all but approve", () => {
    expect(requireScope(principal(["admin"]), "run").ok).toBe(true);
    expect(requireScope(principal(["approve"]), "approve").ok).toBe(true);
    expect(faultOf(requireScope(principal(["admin"]), "approve")).kind).toBe("forbidden");
  });

  test("asks an anonymous caller for a key, and tells a key what it lacks", () => {
    expect(faultOf(requireScope(principal(["read"], true), "admin")).kind).toBe("unauthorized");
    expect(faultOf(requireScope(principal(["read"]), "admin")).kind).toBe("forbidden");
  });
});
