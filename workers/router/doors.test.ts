import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { DOORS } from "../../shared/contract/doors.ts";
import { statusSchema } from "../../shared/contract/status.ts";
import { catalog, dataOf, newCaller, send, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const pathOf = (door: { readonly path: string }): string => door.path.replace(/:[a-z_]+/g, "x");

describe("every door", () => {
  it("refuses a request without a key unless it is public", async () => {
    const headers = { "cf-connecting-ip": "203.0.113.250" };
    for (const door of Object.values(DOORS)) {
      // A signed door knows nobody's key: bytes that nobody signed are refused there.
      const isSigned = door.auth === "signature";
      const body = isSigned ? { body: {} } : {};
      const { status } = await send({ method: door.method, path: pathOf(door), headers, ...body });
      expect([door.path, status]).toEqual([door.path, door.auth === "public" ? 200 : isSigned ? 403 : 401]);
    }
  });

  it("refuses a key that lacks its scope", async () => {
    const [runs, judges] = [await newCaller("scopes", "run"), await newCaller("scopes", "feedback")];
    for (const door of Object.values(DOORS).filter(({ auth }) => auth !== "public")) {
      const path = pathOf(door);
      const { get, post, put, remove } = door.auth === "run" ? judges : runs;
      const sending = {
        GET: () => get(path),
        POST: () => post(path, {}),
        PUT: () => put(path, {}),
        DELETE: () => remove(path),
      };
      const answer = sending[door.method]();
      expect([path, (await answer).status]).toEqual([path, 403]);
    }
  });

  it("answers a wrong method with 405 and Allow, and an unknown path with 404", async () => {
    const wrong = await send({ method: "DELETE", path: "/api/route" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST, GET"]);
    expect((await send({ method: "GET", path: "/api/nothing" })).body).toMatchObject({ error: { code: "NOT_FOUND" } });
  });

  it("does not let callers without a key use up the share of one with a key at the same address", async () => {
    const { get } = await newCaller("neighbour", "read");
    const headers = { "cf-connecting-ip": "203.0.113.240" };
    let status = 0;
    // A period may end in between, and then a second one begins with a full share.
    for (let asked = 0; status !== 429 && asked < 405; asked += 1)
      status = (await send({ method: "GET", path: "/api/policy", headers })).status;
    expect(status).toBe(429);
    expect((await get("/api/policy", headers)).status).toBe(200);
  });

  it("limits by key, with Retry-After of the whole period", async () => {
    const { get } = await newCaller("limited", "read");
    let passed = 0;
    let last = await get("/api/policy");
    // A period may end in between, and then a second one begins with a full share.
    for (; last.status === 200 && passed < 400; passed += 1) last = await get("/api/policy");
    expect(passed).toBeGreaterThanOrEqual(200);
    expect(last.status).toBe(429);
    expect(last.headers.get("retry-after")).toBe("60");
  });
});

describe("GET /api/status", () => {
  it("counts models, not rows or variants", async () => {
    const { get } = await newCaller("status", "read");
    const { catalog: loaded } = dataOf(statusSchema, await get("/api/status"));
    const proper = catalog.models.filter((row) => row.kind === "model");
    const count = (rows: typeof proper) => new Set(rows.map((row) => row.id)).size;
    expect(count(proper)).toBeLessThan(catalog.models.length);
    expect(loaded?.models).toBe(count(proper));
    expect(loaded?.linked_models).toBe(count(proper.filter((row) => Object.keys(row.abilities).length > 0)));
  });

  it("says why there is no catalogue", async () => {
    const { get } = await newCaller("status", "read");
    await env.DB.prepare("update catalog_current set version = 'lost'").run();
    const status = dataOf(statusSchema, await get("/api/status"));
    await env.DB.prepare("update catalog_current set version = ?").bind(catalog.version).run();
    expect(status).toMatchObject({ status: "degraded", catalog: null, catalog_error: "not_found" });
    expect(dataOf(statusSchema, await get("/api/status")).catalog_error).toBeNull();
  });
});
