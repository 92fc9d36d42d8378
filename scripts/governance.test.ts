import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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

  it.each([
    ['{"version": 1,', "double-quoted"],
    ["", "Unexpected end"],
    ['{"version": "1", "version": "2"}', "the same key twice"],
    [`${"[".repeat(100)}${"]".repeat(100)}`, "nested too deeply"],
  ])("names the file and what is wrong with %s", (text, says) => {
    const folder = mkdtempSync(join(tmpdir(), "governance-"));
    try {
      const file = join(folder, "roles.json");
      writeFileSync(file, text);
      const { status, stderr } = run("validate", file);
      expect([status, stderr]).toEqual([1, expect.stringContaining(says)]);
      expect(stderr).toContain(`Cannot read ${file}: `);
      writeFileSync(file, `\uFEFF${readFileSync(join(DATA, "default-governance.json"), "utf8")}`);
      expect(run("validate", file).status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("resolves an agent", () => {
    expect(JSON.parse(run("resolve", "planner", "-").stdout)).toMatchObject({
      ...{ role: "strategist", source: "top_level_primary" },
    });
    const unknown = run("resolve", "ghost", "LARGE");
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining("ghost at LARGE: unknown agent")]);
    expect(unknown.stderr).toContain("expected lead, planner, ");
    expect(run("resolve", "planner", "HUGE").stderr).toContain("expected TRIVIAL, SMALL, MEDIUM, LARGE or -");
  });

  it("runs vectors beside their base file", () => {
    const { status, stdout } = run("vectors", VECTORS);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ passed: expect.any(Number), failed: [] });
  });

  it("fails a vector that cannot be tried and tries the others", () => {
    const folder = mkdtempSync(join(tmpdir(), "governance-"));
    const vector = { op: "validate_file", expect: { ok: true } };
    const unread = '{"id":"unread","op":"payload","input":{"document":{"__proto__":1}},"expect":{"ok":false}}';
    try {
      writeFileSync(join(folder, "base.json"), readFileSync(join(DATA, "default-governance.json"), "utf8"));
      const vectors = [
        { id: "own base", ...vector, input: { base: "base.json" } },
        { id: "no base", ...vector, input: { base: "gone.json" } },
        { ...vector, id: "no operation", op: "fly", input: {} },
      ];
      const text = JSON.stringify({ base_file: "base.json", vectors }).replace("]}", `,${unread}]}`);
      writeFileSync(join(folder, "vectors.json"), text);
      const { status, stdout } = run("vectors", join(folder, "vectors.json"));
      expect([status, JSON.parse(stdout)]).toEqual([
        1,
        {
          passed: 2,
          failed: [
            { id: "no base", says: expect.stringContaining("Cannot read") },
            { id: "no operation", says: 'there is no operation "fly"' },
          ],
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['{"base_file":"gone.json","vectors":[]}', "gone.json"],
    ['{"base_file":"base.json"}', "vectors is not a list"],
    ["[]", "an object is wanted"],
    ["{", "Cannot read"],
  ])("says what is wrong with a file of vectors that reads %s", (text, says) => {
    const folder = mkdtempSync(join(tmpdir(), "governance-"));
    try {
      writeFileSync(join(folder, "vectors.json"), text);
      const { status, stdout, stderr } = run("vectors", join(folder, "vectors.json"));
      expect([status, stdout, stderr]).toEqual([1, "", expect.stringContaining(says)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("shows what each agent gets before and after", () => {
    const shipped = join(DATA, "default-governance.json");
    expect(JSON.parse(run("diff", shipped, shipped).stdout)).toEqual({ changes: [], capped: [], warnings: [] });
  });

  it("finds agent files that have come apart from the routing file", () => {
    const file = join(DATA, "default-governance.json");
    const folder = mkdtempSync(join(tmpdir(), "governance-"));
    try {
      const { agent_role_index, pinned_agents, roles } = JSON.parse(readFileSync(file, "utf8"));
      for (const [agent, role] of Object.entries<string>(agent_role_index)) {
        const model = pinned_agents.includes(`${agent}.agent.md`) ? `model: ${roles[role].primary}\n` : "";
        writeFileSync(join(folder, `${agent}.agent.md`), `---\n${model}model_role: ${role}\n---\nDo it.\n`);
      }
      const sound = run("drift", file, folder);
      const { fingerprint } = JSON.parse(sound.stdout);
      expect(JSON.parse(sound.stdout)).toEqual({ agents: 7, fingerprint, issues: [] });
      expect(run("drift", file, "--fingerprint", fingerprint).status).toBe(0);

      writeFileSync(join(folder, "writer.agent.md"), "---\nmodel: GPT-5.5\nmodel_role: reader\n---\n[gone](gone.md)\n");
      const apart = run("drift", file, folder, "--fingerprint", "0");
      expect(apart.status).toBe(1);
      expect(JSON.parse(apart.stdout).issues).toEqual([
        { subject: "writer.agent.md", code: "auto_model_present" },
        { subject: "writer.agent.md -> gone.md", code: "resource_missing" },
        { subject: file, code: "fingerprint_changed" },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
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
