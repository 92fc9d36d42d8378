import { beforeAll, describe, expect, it } from "vitest";
import { DOORS } from "../../shared/contract/doors.ts";
import { catalog, newCaller, send, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const pathOf = (door: { readonly path: string }): string => door.path.replace(/:[a-z_]+/g, "x");

describe("every door", () => {
  it("refuses a request without a key unless it is public", async () => {
    const headers = { "cf-connecting-ip": "203.0.113.250" };
    for (const door of Object.values(DOORS)) {
      const { status } = await send({ method: door.method, path: pathOf(door), headers });
      expect([door.path, status]).toEqual([door.path, door.auth === "public" ? 200 : 401]);
    }
  });

  it("refuses a key that lacks its scope", async () => {
    const { get, post, put } = await newCaller("scopes", "run");
    for (const door of Object.values(DOORS).filter(({ auth }) => auth !== "public")) {
      const path = pathOf(door);
      const answer = door.method === "GET" ? get(path) : door.method === "POST" ? post(path, {}) : put(path, {});
      expect([path, (await answer).status]).toEqual([path, 403]);
    }
  });

  it("answers a wrong method with 405 and Allow, and an unknown path with 404", async () => {
    const wrong = await send({ method: "DELETE", path: "/api/route" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST, GET"]);
    expect((await send({ method: "GET", path: "/api/nothing" })).body).toMatchObject({ error: { code: "NOT_FOUND" } });
  });

  it("limits by key, with Retry-After of the whole period", async () => {
    const { get } = await newCaller("limited", "read");
    const answers = [];
    for (let i = 0; i < 210; i += 1) answers.push(await get("/api/policy"));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(200);
    expect(answers.at(-1)?.status).toBe(429);
    expect(answers.at(-1)?.headers.get("retry-after")).toBe("60");
  });
});
