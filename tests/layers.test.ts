import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { edgeRules } from "./layers/edge-rules.ts";
import { importRules } from "./layers/import-rules.ts";
import { purityRules } from "./layers/purity-rules.ts";
import { readRepository } from "./layers/read-repository.ts";
import type { Rule, SourceFile } from "./layers/source-file.ts";
import { styleRules } from "./layers/style-rules.ts";
import { missingSpines, treeRules } from "./layers/tree-rules.ts";

const RULES: readonly Rule[] = [...importRules, ...purityRules, ...edgeRules, ...styleRules, ...treeRules];
const repository = readRepository(join(import.meta.dirname, ".."));

const toFiles = (tree: Readonly<Record<string, string>>): SourceFile[] =>
  Object.entries(tree).map(([path, text]) => ({ path, text }));

describe.each(RULES)("$name", (rule) => {
  it("holds in the repository", () => {
    const found = rule.check(repository).map(({ path, line, says }) => `${path}:${line} ${says}`);
    expect(found).toEqual([]);
  });

  it.each(rule.planted.map((tree) => [Object.values(tree)[0]?.slice(0, 60), tree] as const))("sees %j", (_, tree) => {
    expect(rule.check(toFiles(tree))).not.toEqual([]);
  });
});

describe("the rules", () => {
  it("see nothing wrong in code that keeps them", () => {
    const clean = toFiles({
      "shared/base/a.ts": "export const a = (atMs: number): Date => new Date(atMs);",
      "shared/task/b.ts": 'import { a } from "../base/a.ts";\nexport const b = { now: a, crypto: 1 };',
      "workers/platform/http.ts": "export const answer = (): Response => new Response(null, { status: 204 });",
      "workers/platform/egress.ts": "export const send = (url: string) => fetch(url);",
      "workers/router/words.ts": `export const words = "Select a row from the list, insert it into yours, then update it"; export const found = /a/.exec(words);`,
      "workers/router/index.ts": "export default { fetch: (request: Request, env: Env) => handle(request, env) };",
      "clients/cli/c.ts": 'import type { Answer } from "../../shared/contract/route.ts";',
    });
    expect(RULES.flatMap((rule) => rule.check(clean))).toEqual([]);
  });

  it("find the three spines where they belong", () => {
    expect(missingSpines(repository)).toEqual([]);
  });
});
