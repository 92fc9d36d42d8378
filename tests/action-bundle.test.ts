import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { REPOSITORY } from "../clients/action/parse-inputs.ts";
import { ACTION_BUNDLE, bundleAction } from "../scripts/bundle-action.ts";
import { REPOSITORY_PATTERN } from "../shared/contract/fields.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const manifest = parse(read("action.yml"));

const quotedNames = (text: string): readonly string[] =>
  [...text.matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)].map(([, name = ""]) => name);

describe("the action's bundle", () => {
  const committed = readFileSync(ACTION_BUNDLE, "utf8");

  it("is made of the sources as they stand (npm run build:action)", async () => {
    expect((await bundleAction()) === committed).toBe(true);
  });

  it("imports nothing but Node's own modules", () => {
    const imported = [...committed.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => name);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((name) => !(name.startsWith("node:") && isBuiltin(name)))).toEqual([]);
    expect(committed).not.toMatch(/\brequire\(|\beval\(|new Function\(/);
  });

  it("names no folder of the machine that built it", () => {
    expect(committed).not.toContain(ROOT);
  });
});

describe("a repository's name", () => {
  it("is the same to the action and to the API", () => {
    expect(REPOSITORY.pattern.source).toBe(REPOSITORY_PATTERN.source);
    const good = ["acme/shop", "Octo_Corp/.github", "a/b", `${"a".repeat(39)}/${"b".repeat(100)}`, "x-y/..z", "x/_"];
    const bad = [
      "acme",
      "_x/y",
      "-x/y",
      "x/.",
      "x/..",
      `${"a".repeat(40)}/b`,
      `a/${"b".repeat(103)}`,
      "a/b/c",
      "a/b ",
      "ä/b",
      "a/b\n",
    ];
    expect([...good, ...bad].filter((name) => REPOSITORY_PATTERN.test(name))).toEqual(good);
  });
});

describe("action.yml", () => {
  it("starts the bundle on Node 24", () => {
    expect(manifest.runs).toEqual({ using: "node24", main: "clients/action/dist/index.js" });
    expect(existsSync(join(ROOT, manifest.runs.main))).toBe(true);
  });

  it("has the inputs that the code reads, and the page describes each", () => {
    const source = read("clients/action/parse-inputs.ts");
    const names = [...source.matchAll(/(?:Of|readInput)\(\s*env,\s*"([a-z-]+)"/g)].map(([, name = ""]) => name);
    const declared = Object.keys(manifest.inputs).sort();
    expect([...new Set(names)].sort()).toEqual(declared);
    const page = read("docs/github-action.md");
    for (const name of [...declared, ...Object.keys(manifest.outputs)]) expect(page).toContain(`\`${name}\``);
  });

  it("has every output that a step writes", () => {
    const steps = ["classification-outputs", "classify-step", "route-step", "run-step", "run-report", "verdict-step"];
    const source = steps.map((name) => read(`clients/action/${name}.ts`)).join("\n");
    const blocks = [...source.matchAll(/(?:outputs: \{|Outputs \{\n(?:.*\n)*?\s*return \{)([^}]*)\}/g)].map(
      ([, body = ""]) => body,
    );
    const written = blocks.flatMap((body) =>
      [...body.matchAll(/(?:^|[\n,{])\s*"?([a-z]+(?:-[a-z]+)*)"?:/g)].map(([, name = ""]) => name),
    );
    expect(written.length).toBeGreaterThan(15);
    expect(written.filter((name) => !(name in manifest.outputs))).toEqual([]);
    expect(
      Object.keys(manifest.outputs).filter((name) => !quotedNames(source).includes(name) && !written.includes(name)),
    ).toEqual([]);
  });
});

/** Workflows as files, and as blocks of the documentation. */
function listWorkflows(): readonly (readonly [path: string, text: string])[] {
  const folder = join(ROOT, ".github", "workflows");
  const files = existsSync(folder) ? readdirSync(folder).map((name) => `.github/workflows/${name}`) : [];
  const pages = [
    "README.md",
    "action.yml",
    ...readdirSync(join(ROOT, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const blocks = pages.flatMap((path) => {
    const found = [...read(path).matchAll(/```ya?ml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    return found.filter((text) => /^\s*-?\s*(?:uses|on):/m.test(text)).map((text) => [path, text] as const);
  });
  return [...files.map((path) => [path, read(path)] as const), ...blocks];
}

/** Every `run` of a workflow or of a part of one. */
function listScripts(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    name === "run" && typeof value === "string" ? [value] : listScripts(value),
  );
}

/** What is wrong with a workflow, or a part of one, in the eyes of who keeps its secrets. */
function lintWorkflow(text: string): readonly string[] {
  const unpinned = [...text.matchAll(/^\s*-?\s*uses:\s*(\S+)/gm)]
    .map(([, name = ""]) => name)
    .filter(
      (name) => !name.startsWith("./") && !/^[\w./-]+@[0-9a-f]{40}$/.test(name) && !/@sha256:[0-9a-f]{64}$/.test(name),
    );
  const workflow = parse(text);
  const isWhole = workflow !== null && typeof workflow === "object" && "on" in workflow;
  const events = isWhole
    ? typeof workflow.on === "string"
      ? [workflow.on]
      : Array.isArray(workflow.on)
        ? workflow.on
        : Object.keys(workflow.on)
    : [];
  const rights = isWhole ? Object.values(workflow.permissions ?? { none: "write" }) : [];
  const evaluated = listScripts(workflow).filter((script) => /\$\{\{[^}]*\bgithub\.(?:event|head_ref)\b/.test(script));
  return [
    ...unpinned.map((name) => `unpinned: ${name}`),
    ...(events.includes("pull_request_target") ? ["runs on pull_request_target"] : []),
    ...(rights.some((right) => right !== "read") ? ["permissions beyond read"] : []),
    ...evaluated.map((line) => `evaluates event text: ${line.trim()}`),
  ];
}

describe("workflows in the repository and its pages", () => {
  it("are pinned, read-only, and evaluate nothing of an event", () => {
    const workflows = listWorkflows();
    expect(workflows.length).toBeGreaterThan(0);
    expect(workflows.flatMap(([path, text]) => lintWorkflow(text).map((says) => `${path}: ${says}`))).toEqual([]);
  });

  it.each([
    ["- uses: actions/checkout@v4", "unpinned: actions/checkout@v4"],
    ["on: pull_request_target\npermissions: { contents: read }", "runs on pull_request_target"],
    ["on: { push: null, pull_request_target: null }\npermissions: { contents: read }", "runs on pull_request_target"],
    ["on: push", "permissions beyond read"],
    ["on: push\npermissions: { contents: write }", "permissions beyond read"],
    ["- run: echo ${{ github.event.issue.title }}", "evaluates event text: echo ${{ github.event.issue.title }}"],
    ["- run: |\n    echo ${{ github.head_ref }}", "evaluates event text: echo ${{ github.head_ref }}"],
  ])("would be found: %j", (text, says) => expect(lintWorkflow(text)).toEqual([says]));
});
