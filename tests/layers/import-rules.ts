import { type Import, listImports, packageOf } from "./imports.ts";
import { isCode, isTest, isUnder, type Rule, type SourceFile } from "./source-file.ts";

/** Lower may not import higher, types included; folders on one line are the same height and strangers to each other. */
const HEIGHTS: readonly (readonly string[])[] = [
  ["shared/data"],
  ["shared/base"],
  ["shared/task"],
  ["shared/catalog"],
  ["shared/policy"],
  ["shared/prompt"],
  ["shared/run"],
  ["shared/contract"],
  ["workers/platform"],
  ["workers/router", "workers/enricher", "workers/executor"],
];

/** Pure packages that shared/ may use, and what it uses them for. */
const SHARED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: ["shared/contract", "shared/catalog"],
  "d3-dsv": ["shared/catalog"],
  yaml: ["shared/catalog"],
};

/** Packages with one home in the product. */
const ONLY_HOME: Readonly<Record<string, string>> = {
  "onnxruntime-web": "workers/router/inference",
  "drizzle-orm": "workers/platform/d1",
};

const heightOf = (path: string): number => HEIGHTS.findIndex((folders) => isUnder(path, ...folders));
const folderOf = (path: string): string | undefined => HEIGHTS.flat().find((folder) => isUnder(path, folder));

/** A rule over single imports of files in scope; tests import what they test. */
const importCheck =
  (inScope: (path: string) => boolean, says: (one: Import) => string | undefined): Rule["check"] =>
  (files: readonly SourceFile[]) =>
    files
      .filter((file) => isCode(file.path) && !isTest(file.path) && inScope(file.path))
      .flatMap(listImports)
      .flatMap((one) => {
        const text = says(one);
        return text === undefined ? [] : [{ path: one.from, line: one.line, says: text }];
      });

function breaksOrder(one: Import): string | undefined {
  // Models have a rule of their own; package.json holds the version that the status door tells.
  if (!one.isRelative || isUnder(one.target, "models", "package.json")) return undefined;
  const from = heightOf(one.from);
  const to = heightOf(one.target);
  if (to === -1) return `${one.target} lies outside the stages`;
  if (to > from) return `${folderOf(one.from)} may not import the higher ${folderOf(one.target)}`;
  return to === from && folderOf(one.from) !== folderOf(one.target) ? "workers are strangers to each other" : undefined;
}

function breaksClients(one: Import): string | undefined {
  if (!one.isRelative) return undefined;
  const own = one.from.split("/").slice(0, 2).join("/");
  if (isUnder(one.target, own, "clients/sdk")) return undefined;
  if (isUnder(one.target, "shared/contract")) {
    return one.isTypeOnly ? undefined : "clients import types alone from shared/contract";
  }
  return `clients speak HTTP and may not import ${one.target}`;
}

export const importRules: readonly Rule[] = [
  {
    name: "imports run down the stages, types included",
    check: importCheck((path) => heightOf(path) !== -1, breaksOrder),
    planted: [
      { "shared/task/a.ts": 'import type {\n  B,\n} from "../policy/b.ts";' },
      { "shared/base/a.ts": 'export * from "../task/b.ts";' },
      { "shared/run/a.ts": 'type T = import("../contract/c.ts").C;' },
      { "shared/contract/a.ts": 'const later = import("../../workers/platform/ids.ts");' },
      { "workers/platform/a.ts": 'import { x } from "../router/x.ts";' },
      { "workers/router/a.ts": 'import { x } from "../executor/x.ts";' },
      { "workers/router/handlers/a.ts": 'import { x } from "../../../scripts/x.ts";' },
    ],
  },
  {
    name: "only the router's inference reads a model folder",
    check: importCheck(
      (path) => isUnder(path, "shared", "workers", "clients") && !isUnder(path, "workers/router/inference"),
      (one) => (one.isRelative && isUnder(one.target, "models") ? `${one.target} is a model` : undefined),
    ),
    planted: [{ "workers/router/a.ts": 'import model from "../../models/m/model.ort";' }],
  },
  {
    name: "clients import only types of the contract and the SDK",
    check: importCheck((path) => isUnder(path, "clients"), breaksClients),
    planted: [
      { "clients/cli/a.ts": 'import { parse } from "../../shared/contract/parse.ts";' },
      { "clients/cli/a.ts": 'import type { Policy } from "../../shared/policy/policy.ts";' },
      { "clients/action/a.ts": 'import { x } from "../cli/x.ts";' },
    ],
  },
  {
    name: "shared/ uses pure packages alone, each in its stage",
    check: importCheck(
      (path) => isUnder(path, "shared"),
      (one) =>
        one.isRelative || isUnder(one.from, ...(SHARED_PACKAGES[packageOf(one.target)] ?? ["nowhere"]))
          ? undefined
          : `${one.target} has no place in ${one.from}`,
    ),
    planted: [
      { "shared/task/a.ts": 'import { readFileSync } from "node:fs";' },
      { "shared/policy/a.ts": 'import * as z from "zod";' },
    ],
  },
  {
    name: "onnxruntime-web and drizzle-orm have one home each",
    check: importCheck(
      (path) => isUnder(path, "shared", "workers", "clients"),
      (one) => {
        const home = one.isRelative ? undefined : ONLY_HOME[packageOf(one.target)];
        return home === undefined || isUnder(one.from, home) ? undefined : `${one.target} belongs to ${home}`;
      },
    ),
    planted: [
      { "workers/router/classify.ts": 'import * as ort from "onnxruntime-web/wasm";' },
      { "workers/router/a.ts": 'import { eq } from "drizzle-orm";' },
    ],
  },
];
