import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { buildOnce } from "./build-once.ts";

const home = mkdtempSync(join(tmpdir(), "spawnpoint-build-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("buildOnce()", () => {
  it("lets one of several that come at once build, and the others wait for what it made", async () => {
    const folder = join(home, "dist");
    const stamp = join(folder, "stamp");
    let [builds, atOnce] = [0, 0];
    const isFresh = (): boolean => existsSync(stamp);
    const build = async (): Promise<void> => {
      builds += 1;
      atOnce += 1;
      for (let turns = 0; turns < 20; turns += 1) await turn();
      expect(atOnce).toBe(1);
      atOnce -= 1;
      writeFileSync(stamp, "");
    };
    const one = async () => [await buildOnce(folder, { isFresh, build }), isFresh()];
    const ends = await Promise.all([one(), one(), one(), one()]);
    expect(builds).toBe(1);
    expect(ends.filter(([built]) => built)).toHaveLength(1);
    expect(ends.every(([, fresh]) => fresh)).toBe(true);
  });

  it("takes the place of a builder that died over it, and of one whose lock was cut off", async () => {
    const dead = { role: "command", pid: 1, port: 1, token: "gone" };
    for (const [name, left] of Object.entries({ dead: JSON.stringify(dead), cut: '{"role":"comm' })) {
      const folder = join(home, name);
      mkdirSync(folder);
      writeFileSync(join(folder, "host.json"), left);
      let builds = 0;
      const build = async (): Promise<void> => {
        builds += 1;
      };
      expect([await buildOnce(folder, { isFresh: () => builds > 0, build }), builds]).toEqual([true, 1]);
      expect(existsSync(join(folder, "host.json"))).toBe(false);
    }
  });

  it("lets the next one build where a build fails", async () => {
    const folder = join(home, "broken");
    const isFresh = (): boolean => false;
    const broken = buildOnce(folder, { isFresh, build: () => Promise.reject(new Error("no such file")) });
    await expect(broken).rejects.toThrow("no such file");
    expect(await buildOnce(folder, { isFresh, build: async () => undefined })).toBe(true);
  });
});
