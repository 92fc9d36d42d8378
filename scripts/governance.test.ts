import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SCRIPT = join(import.meta.dirname, "governance.ts");
const DATA = join(import.meta.dirname, "../shared/data");
const VECTORS = join(import.meta.dirname, "../shared/policy/governance/testing/made-vectors.json");
const run = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8" });

describe("governance", () => {
  it("validates a file", () => {
    expect(JSON.parse(run("validate", join(DATA, "default-governance.json")).stdout)).toEqual({
      ...{ valid: true, issues: [] },
    });
    const refused = run("validate", join(DATA, "governance-limits.json"));
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ valid: false });
  });

  it("resolves an agent", () => {
    expect(JSON.parse(run("resolve", "planner", "-").stdout)).toMatchObject({
      ...{ role: "strategist", source: "top_level_primary" },
    });
    const unknown = run("resolve", "ghost", "LARGE");
    expect([unknown.status, unknown.stderr.trim()]).toEqual([1, "Cannot resolve ghost at LARGE: unknown agent."]);
  });

  it("runs vectors beside their base file", () => {
    const { status, stdout } = run("vectors", VECTORS);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ passed: expect.any(Number), failed: [] });
  });

  it("says how it is used when the command line cannot be read", () => {
    for (const args of [[], ["what"], ["validate"], ["validate", "a", "--what"]]) {
      const { status, stderr } = run(...args);
      expect(status).toBe(2);
      expect(stderr).toContain("Usage:");
    }
    expect(run("validate", "none.json").status).toBe(1);
  });
});
