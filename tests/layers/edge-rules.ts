import { listImports } from "./imports.ts";
import {
  isCode,
  isNode,
  isReference,
  isTest,
  isUnder,
  nameOf,
  nodeCheck,
  type Rule,
  type SyntaxNode,
} from "./source-file.ts";

const isWorkerCode = (path: string): boolean => isUnder(path, "workers") && !isTest(path) && !path.endsWith(".d.ts");

/** The answer of the worker that a forgotten `--env` publishes stands alone on purpose. */
const STATUS_HOMES = ["workers/platform/http.ts", "workers/platform/refuse.ts"];
/** Helpers of itty-router that make answers or statuses. */
const ITTY_ANSWERS = ["error", "json", "status", "StatusError", "text", "html", "createResponse"];
/** The parts of the decision rule; whoever calls them outside picks by another rule. */
const PICKING = ["choose", "chain", "mode", "floor", "filters", "value-candidate"].map(
  (name) => `shared/policy/${name}.ts`,
);
const CHOOSERS = ["choose", "chooseMode"];
/** A statement in either case: words alone are not enough ("select a row from the list"), a column list and a table are. */
const COLUMN = String.raw`(?:\*|[\w."$]+(?:\([^)]*\))?(?:\s+as\s+\w+)?)`;
const SQL = new RegExp(
  [
    String.raw`\bselect\s+(?:distinct\s+)?${COLUMN}(?:\s*,\s*${COLUMN})*\s+from\s+["$\w]`,
    String.raw`\binsert\s+(?:or\s+\w+\s+)?into\s+["$\w]+\s*(?:\(|values|select|default)`,
    String.raw`\bdelete\s+from\s+["$\w]+\s*(?:where\b|;|$)`,
    String.raw`\bupdate\s+["$\w]+\s+set\s+["$\w]+\s*=`,
    String.raw`\b(?:create|drop|alter)\s+(?:table|(?:unique\s+)?index)\s+\w`,
  ].join("|"),
  "i",
);
/** What a database handle is called; exec() alone is also what a regular expression does. */
const DATABASE = /^(db|d1|database)$/i;

function makesStatus(node: SyntaxNode): string | undefined {
  if (node.type === "NewExpression" && nameOf(node.callee) === "Response")
    return "new Response outside platform/http.ts";
  if (node.type === "MemberExpression" && nameOf(node.object) === "Response")
    return "Response.* outside platform/http.ts";
  const isStatus = node.type === "Property" && nameOf(node.key) === "status";
  return isStatus && isNode(node.value) && typeof node.value.value === "number"
    ? "a status outside platform/http.ts"
    : undefined;
}

function writesSql(node: SyntaxNode): string | undefined {
  if (node.type === "MemberExpression" && nameOf(node.property) === "prepare") return ".prepare( outside platform/d1";
  if (node.type === "MemberExpression" && nameOf(node.property) === "exec" && isDatabase(node.object))
    return ".exec( outside platform/d1";
  const text = textOf(node);
  return text !== undefined && SQL.test(text) ? "SQL outside platform/d1" : undefined;
}

const isDatabase = (node: unknown): boolean =>
  DATABASE.test(nameOf(node) ?? (isNode(node) && node.type === "MemberExpression" ? nameOf(node.property) : "") ?? "");

/** The text of a string, or of a whole template with `$` where a value goes in. */
function textOf(node: SyntaxNode): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type !== "TemplateLiteral" || !Array.isArray(node.quasis)) return undefined;
  const parts = node.quasis.map((part: unknown) =>
    isNode(part) && typeof part.value === "object" && part.value !== null && "cooked" in part.value
      ? String(part.value.cooked)
      : "",
  );
  return parts.join("$");
}

const isEnvHome = (path: string): boolean => /\/(index|env)\.ts$/.test(path);

export const edgeRules: readonly Rule[] = [
  {
    name: "only platform/http.ts turns a fault into a status",
    check: (files) => [
      ...nodeCheck((path) => isWorkerCode(path) && !STATUS_HOMES.includes(path), makesStatus)(files),
      ...files
        .filter((file) => isCode(file.path) && isWorkerCode(file.path) && !STATUS_HOMES.includes(file.path))
        .flatMap(listImports)
        .filter((one) => one.target === "itty-router" && one.names.some((name) => ITTY_ANSWERS.includes(name)))
        .map((one) => ({ path: one.from, line: one.line, says: "itty-router's own answers bypass platform/http.ts" })),
    ],
    planted: [
      { "workers/router/a.ts": 'export const no = (): Response => new Response("no", init);' },
      { "workers/router/a.ts": "export const no = (): Response => Response.json({});" },
      { "workers/router/a.ts": "export const init = { status: 404 };" },
      { "workers/router/a.ts": 'import { error } from "itty-router";' },
    ],
  },
  {
    name: "only policy/decide.ts picks",
    check: (files) =>
      files
        .filter((file) => isCode(file.path) && !isTest(file.path) && isUnder(file.path, "shared", "workers", "clients"))
        .flatMap(listImports)
        .filter((one) => !one.isTypeOnly && PICKING.includes(one.target) && one.from !== "shared/policy/decide.ts")
        .filter((one) => !isUnder(one.from, "shared/policy") || one.names.some((name) => CHOOSERS.includes(name)))
        .map((one) => ({ path: one.from, line: one.line, says: `${one.target} belongs to decide()` })),
    planted: [
      { "workers/router/a.ts": 'import { toHull } from "../../shared/policy/choose.ts";' },
      { "shared/policy/fallbacks.ts": 'import { choose } from "./choose.ts";' },
    ],
  },
  {
    name: "only platform/egress.ts sends a request to the outside",
    check: nodeCheck(
      (path) => isWorkerCode(path) && path !== "workers/platform/egress.ts",
      (node, parents) => {
        const isGlobal = nameOf(node) === "fetch" && isReference(node, parents);
        const isMember = node.type === "MemberExpression" && /^(globalThis|self)$/.test(nameOf(node.object) ?? "");
        return isGlobal || (isMember && nameOf(node.property) === "fetch")
          ? "fetch outside platform/egress.ts"
          : undefined;
      },
    ),
    planted: [
      { "workers/enricher/a.ts": 'export const get = () => fetch("https://example.com");' },
      { "workers/enricher/a.ts": "export const send = (call = fetch) => call;" },
      { "workers/enricher/a.ts": 'export const get = () => globalThis.fetch("https://example.com");' },
    ],
  },
  {
    name: "only platform/d1 writes SQL",
    check: nodeCheck((path) => isWorkerCode(path) && !isUnder(path, "workers/platform/d1"), writesSql),
    planted: [
      { "workers/router/a.ts": "export const all = (db: D1Database) => db.prepare(text);" },
      { "workers/router/a.ts": "export const text = `SELECT id\n FROM decisions`;" },
      { "workers/router/a.ts": 'export const text = "select id, task_id as task from decisions";' },
      { "workers/router/a.ts": "export const text = (table: string) => `delete from ${table} where true`;" },
      { "workers/router/a.ts": 'export const text = "insert or ignore into decisions values (1)";' },
      { "workers/router/a.ts": 'export const text = "update decisions set state = 1";' },
      { "workers/router/a.ts": "export const all = (env: Bindings) => env.DB.exec(text);" },
      { "workers/router/a.ts": "export const all = (db: D1Database) => db.exec(text);" },
    ],
  },
  {
    name: "Env stops at index.ts and env.ts",
    check: (files) => [
      ...nodeCheck(
        (path) => isWorkerCode(path) && !isEnvHome(path),
        (node) => (/^[A-Za-z]*Env$/.test(nameOf(node) ?? "") ? "Env below the edge" : undefined),
      )(files),
      ...files
        .filter((file) => isCode(file.path) && isWorkerCode(file.path) && !file.path.endsWith("/index.ts"))
        .flatMap(listImports)
        .filter((one) => one.isRelative && one.target.endsWith("/env.ts"))
        .map((one) => ({ path: one.from, line: one.line, says: "only index.ts imports env.ts" })),
    ],
    planted: [
      { "workers/router/handlers/a.ts": "export const run = (env: Env): void => {};" },
      { "workers/router/handlers/a.ts": 'import { toDeps } from "../env.ts";' },
    ],
  },
];
