import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "catalog-resolve-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DATA = join(import.meta.dirname, "../../shared/data/enrich");
const isAbsent = !existsSync(join(DATA, "alias_gold_open.json"));
if (isAbsent) console.log(`catalog-resolve.test: skipped the hand-checked pairs, none under ${DATA}`);

function run(script: string, ...args: string[]) {
  const result = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], { encoding: "utf8" });
  const lines = result.stdout.split("\n").filter((line) => line !== "");
  return { status: result.status, lines, error: result.stderr };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const IDS = ["openai/gpt-5", "x-ai/grok-4"];

test("catalog-resolve prints one JSON line a name, echoes further fields, and keeps its own names for the result", () => {
  const data = file("names.json", [
    { source: "s", name: "GPT-5 (high)", expect: "openai/gpt-5", effort: "high" },
    "Quasar Alpha",
  ]);
  const { status, lines, error } = run(
    "catalog-resolve.ts",
    "--data",
    data,
    "--catalog",
    file("ids.json", IDS),
    "--json",
  );
  expect([status, error]).toEqual([0, ""]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      source: "s",
      name: "GPT-5 (high)",
      expect: "openai/gpt-5",
      id: "openai/gpt-5",
      effort: "high",
      confidence: 1,
      rule: "core tokens",
      given: { effort: "high" },
    },
    {
      source: null,
      name: "Quasar Alpha",
      id: null,
      effort: null,
      confidence: 0,
      rule: null,
      unresolved: true,
      code: "unknown",
      reason: "no id with the same name",
    },
  ]);
});

test("catalog-resolve takes ids as texts, as objects and with what else is known of them", () => {
  const data = file("one.json", { meta: {}, pairs: [{ name: "grok-4-0709" }] });
  const known = { id: "x-ai/grok-4", name: null, canonical_slug: null, hugging_face_id: "", created: 1752087689 };
  for (const ids of [IDS, IDS.map((id) => ({ id })), [known], { data: [known] }]) {
    const { lines } = run("catalog-resolve.ts", "--data", data, "--catalog", file("ids.json", ids), "--json");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ id: "x-ai/grok-4" }]);
  }
  const late = [{ ...known, created: 1762087689 }];
  const { lines } = run("catalog-resolve.ts", "--data", data, "--catalog", file("ids.json", late), "--json");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ id: null, code: "sibling" }]);
});

test("catalog-resolve prints a table and a summary line without --json", () => {
  const data = file("names.json", [{ source: "s", name: "GPT-5\n(high)" }, "o9"]);
  const { lines } = run("catalog-resolve.ts", "--data", data, "--catalog", file("ids.json", IDS));
  expect(lines).toEqual([
    "source  name          id            effort  conf  rule or reason",
    "s       GPT-5 (high)  openai/gpt-5  high    1.00  core tokens",
    "        o9            -                           no id with the same name",
    "1 of 2 names resolved (50 %) against 2 ids",
  ]);
});

test("catalog-resolve ends with 1 and the place on a bad file, and with 2 on a bad command line", () => {
  const good = file("good.json", IDS);
  const bad = [
    [file("a.json", "{"), "Cannot read"],
    [file("b.json", [{ source: "s" }]), "entry 1"],
    [file("c.json", ["a", 7]), "entry 2"],
    [file("d.json", { a: [], b: [] }), "one list"],
    [file("e.json", [{ name: "a", source: 7 }]), '"source" of entry 1'],
    [join(folder, "none.json"), "no such file"],
    [folder, "Cannot read"],
  ] as const;
  for (const [path, says] of bad) {
    const { status, error, lines } = run("catalog-resolve.ts", "--data", path, "--catalog", good, "--json");
    expect([status, lines, error]).toEqual([1, [], expect.stringContaining(says)]);
    expect(error).not.toContain("    at ");
  }
  const empty = run("catalog-resolve.ts", "--data", good, "--catalog", file("f.json", []));
  expect([empty.status, empty.error]).toEqual([1, expect.stringContaining("no id")]);
  for (const args of [[], ["--data", good], ["--data", good, "--catalog", good, "--what"], ["x"]])
    expect(run("catalog-resolve.ts", ...args)).toMatchObject({ status: 2, lines: [] });
  expect(run("catalog-unresolved.ts", "--what").status).toBe(2);
  expect(run("catalog-unresolved.ts", "--data", folder).status).toBe(1);
});

test.skipIf(isAbsent)("catalog-resolve and catalog-unresolved read the saved lists", () => {
  const [data, catalog] = [join(DATA, "alias_gold_open.json"), join(DATA, "openrouter/id_history.json")];
  const { lines } = run("catalog-resolve.ts", "--data", data, "--catalog", catalog, "--json");
  const found = lines.map((line): { id: string | null; expect: string | null; accept: string[] } => JSON.parse(line));
  const right = found.filter(({ id, expect, accept }) => id === expect || (id !== null && accept.includes(id)));
  expect([found.length, right.length >= 0.9 * found.length]).toEqual([139, true]);
  const entries = run("catalog-unresolved.ts", "--json").lines.map((line): { rows: number } => JSON.parse(line));
  expect(entries.length).toBeGreaterThan(10);
  expect(entries.map(({ rows }) => rows)).toEqual(entries.map(({ rows }) => rows).sort((a, b) => b - a));
  const live = run("catalog-unresolved.ts", "--live", "--json").lines.map((line): string => JSON.parse(line).source);
  expect(new Set(live)).toContain("livebench");
});
