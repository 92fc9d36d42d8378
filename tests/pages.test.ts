import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOORS } from "../shared/contract/doors.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const list = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const PAGES: readonly string[] = [
  ...["README.md", "AGENTS.md", "CHANGELOG.md", "models/training/README.md", "models/data/README.md"],
  ...["docs", "docs/decisions", "models/kickoff-1"].flatMap(list),
];

/** GitHub's name of a heading: lower case, without marks, blanks as hyphens. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
const anchorsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => toAnchor(heading));

/** Links of a page within the repository that lead nowhere. */
function findDeadLinks(page: string): readonly string[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
}

/** Scripts of npm, and files, that a page tells the reader to start and that are not there. */
function findDeadCommands(page: string): readonly string[] {
  const text = read(page);
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  const npm = [...text.matchAll(/npm run ([a-z][a-z:-]*[a-z])/g)].map(([, name = ""]) => name);
  const files = [...text.matchAll(/\b((?:scripts|bench)\/[\w/.-]+\.(?:ts|mjs))/g)].map(([, path = ""]) => path);
  const benches = [...text.matchAll(/npm run bench -- ([a-z][a-z -]*(?:\\?\| [a-z-]+ ?)*)/g)].flatMap(
    ([, names = ""]) => names.split(/[\s\\|]+/).filter((name) => /^[a-z][a-z-]+$/.test(name)),
  );
  return [
    ...npm.filter((name) => !(name in scripts)),
    ...files.filter((path) => !existsSync(join(ROOT, path))),
    ...benches.filter((name) => !existsSync(join(ROOT, "bench", `${name}.ts`))),
  ];
}

describe("the pages", () => {
  it.each(PAGES)("%s has no link and no command that leads nowhere", (page) => {
    expect([...findDeadLinks(page), ...findDeadCommands(page)]).toEqual([]);
  });

  it("docs/api.md names every door under the key that it wants", () => {
    const page = read("docs/api.md");
    const table = page.slice(page.indexOf("## All doors"));
    const rows = [...table.slice(0, table.indexOf("\n## ", 1)).matchAll(/^\| `?([a-z]+)`? \| (.+?) \|/gm)];
    const named = rows.flatMap(([, auth = "", cell = ""]) =>
      [...cell.matchAll(/`((?:(?:GET|POST|PUT|DELETE) )+)(\/[^`]*)`/g)].flatMap(([, methods = "", path = ""]) =>
        methods
          .trim()
          .split(" ")
          .map((method) => `${auth} ${method} ${path}`),
      ),
    );
    expect(named.sort()).toEqual(
      Object.values(DOORS)
        .map(({ auth, method, path }) => `${auth} ${method} ${path}`)
        .sort(),
    );
  });

  it("docs/storage.md names every table", () => {
    const migrations = readdirSync(join(ROOT, "migrations")).filter((name) => name.endsWith(".sql"));
    const sql = migrations.map((name) => read(join("migrations", name))).join("\n");
    const gone = [...sql.matchAll(/DROP TABLE `(\w+)`/g)].map(([, name = ""]) => name);
    const tables = [...sql.matchAll(/CREATE TABLE `(\w+)`/g)].map(([, name = ""]) => name);
    const page = read("docs/storage.md");
    const rows = [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell).join();
    expect(tables.length).toBeGreaterThan(30);
    expect(tables.filter((name) => !gone.includes(name) && !rows.includes(`\`${name}\``))).toEqual([]);
  });

  it("docs/commands.md names every script of npm and every setting of the local host", () => {
    const page = read("docs/commands.md");
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const own = Object.keys(scripts).filter((name) => !(name.startsWith("pre") && name.slice(3) in scripts));
    const isNamed = (name: string): boolean => new RegExp(`(npm |npm run |\`)${name}(?![\\w:-])`).test(page);
    expect(own.filter((name) => !isNamed(name))).toEqual([]);
    const settings = read("scripts/host/settings.ts") + read("scripts/host/run-settings.ts");
    const variables = [...settings.matchAll(/\benv\.([A-Z_]+)|"([A-Z_]{4,})"|\b([A-Z_]+): text\b/g)].map(
      ([, plain, quoted, taken]) => plain ?? quoted ?? taken ?? "",
    );
    expect(variables).toContain("PROVIDER_ENDPOINTS");
    expect([...new Set(variables)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("docs/decisions/README.md lists every decision", () => {
    const page = read("docs/decisions/README.md");
    const pages = readdirSync(join(ROOT, "docs/decisions")).filter((name) => /^\d/.test(name));
    expect(pages.filter((name) => !page.includes(`(${name})`))).toEqual([]);
  });
});
