import { isCode, isUnder, type Rule, type SourceFile, type Violation } from "./source-file.ts";

const MAX_FILE_LINES = 300;
const MAX_SPINE_LINES = 60;
/** Who has read these three has read the product. */
const SPINES = ["workers/router/route-task.ts", "workers/enricher/refresh.ts", "workers/executor/advance-run.ts"];
/** Names that say nothing about what a file exports. */
const VAGUE = /\/(utils?|helpers?|common|misc|shared|lib|types|constants|manager)\.(ts|mjs|js)$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|node|generated|d))*\.(ts|mjs|js)$/;
const GENERATED = /(^|\/)(data|generated|golden|fixtures|dist)\/|\.generated\.ts$/;

const TOP_LEVEL = [
  /^(README|AGENTS|CHANGELOG)\.md$/,
  /^THIRD_PARTY_NOTICES(\.md)?$/,
  /^LICENSE$/,
  /^package(-lock)?\.json$/,
  /^wrangler\.toml$/,
  /^tsconfig(\.\w+)?\.json$/,
  /^(drizzle|vitest|vitest\.node)\.config\.ts$/,
  /^biome\.json$/,
  /^Dockerfile$/,
  /^action\.yml$/,
  /^\.(ci|github|gitignore|gitattributes|dockerignore)$/,
  /^(shared|workers|migrations|models|clients|scripts|bench|tests|docs)$/,
];

const countLines = (file: SourceFile): number => file.text.replace(/\n$/, "").split("\n").length;
const at = (path: string, says: string): Violation => ({ path, line: 1, says });

export const treeRules: readonly Rule[] = [
  {
    name: "no code file longer than 300 lines",
    check: (files) =>
      files
        .filter((file) => (isCode(file.path) || file.path.endsWith(".py")) && !GENERATED.test(file.path))
        .filter((file) => countLines(file) > MAX_FILE_LINES)
        .map((file) => at(file.path, `${countLines(file)} lines`)),
    planted: [{ "scripts/long.ts": "// a line\n".repeat(301) }],
  },
  {
    name: "the three spines have at most 60 lines",
    check: (files) =>
      files
        .filter((file) => SPINES.includes(file.path) && countLines(file) > MAX_SPINE_LINES)
        .map((file) => at(file.path, `${countLines(file)} lines`)),
    planted: [{ "workers/enricher/refresh.ts": "// a line\n".repeat(61) }],
  },
  {
    name: "a file is named for the one thing it exports, in kebab case",
    check: (files) =>
      files
        .filter((file) => isCode(file.path) && !isUnder(file.path, "tests/golden") && !GENERATED.test(file.path))
        .filter((file) => VAGUE.test(`/${file.path}`) || !KEBAB.test(file.path.split("/").at(-1) ?? ""))
        .map((file) => at(file.path, "a name that says what it exports is wanted")),
    planted: [{ "shared/run/utils.ts": "" }, { "shared/run/RunState.ts": "" }],
  },
  {
    name: "the top level of the repository is the fixed list",
    check: (files) =>
      [...new Set(files.map((file) => file.path.split("/")[0] ?? ""))]
        .filter((name) => !TOP_LEVEL.some((pattern) => pattern.test(name)))
        .map((name) => at(name, "not on the list of architecture: grow inside it")),
    planted: [{ "src/a.ts": "" }, { "notes.md": "" }],
  },
];

/** The spines that are missing from a tree. */
export const missingSpines = (files: readonly SourceFile[]): readonly string[] =>
  SPINES.filter((path) => !files.some((file) => file.path === path));
