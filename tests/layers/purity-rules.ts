import { isNode, isReference, isTest, isUnder, nameOf, nodeCheck, type Rule, type SyntaxNode } from "./source-file.ts";

/** Names through which a clock, chance or the host would come in; the compiler's library lists most, not all. */
const HIDDEN_INPUTS = new Set(["crypto", "performance", "globalThis", "self", "process", "console", "fetch"]);
/** Members that read the clock or chance from objects which are otherwise pure. */
const HIDDEN_MEMBERS = new Set(["Date.now", "Math.random"]);
const TIMERS = new Set(["setTimeout", "setInterval", "scheduler"]);

/** Where the two named waits may stand: an event stream's heartbeat, the poll beside a running provider call. */
const WAITS_ALLOWED: readonly string[] = ["workers/router/run-event-stream.ts", "workers/executor/pause.ts"];
/** The one inference session, and the memo of immutable values by version. */
const STATE_ALLOWED = ["workers/router/inference", "workers/platform/memo.ts"];

const isProduct =
  (...folders: readonly string[]) =>
  (path: string): boolean =>
    isUnder(path, ...folders) && !isTest(path);

function memberName(node: SyntaxNode): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  const property = isNode(node.property) && node.computed === true ? node.property.value : nameOf(node.property);
  const object = nameOf(node.object);
  return object === undefined ? undefined : `${object}.${String(property)}`;
}

function readsHiddenInput(node: SyntaxNode, parents: readonly SyntaxNode[]): string | undefined {
  const name = nameOf(node);
  if (name !== undefined && HIDDEN_INPUTS.has(name) && isReference(node, parents)) return `${name} is not pure`;
  const member = memberName(node);
  if (member !== undefined && HIDDEN_MEMBERS.has(member)) return `${member} must be an argument`;
  const isDate = (node.type === "NewExpression" || node.type === "CallExpression") && nameOf(node.callee) === "Date";
  if (!isDate) return undefined;
  const hasArgument = Array.isArray(node.arguments) && node.arguments.length > 0;
  return node.type === "NewExpression" && hasArgument ? undefined : "the time must be an argument";
}

/** Empty collections are made to be filled later, so at module level they are state. */
function isEmptyCollection(init: unknown): boolean {
  if (!isNode(init)) return false;
  if (init.type === "NewExpression") {
    const isCollection = ["Map", "Set", "WeakMap", "WeakSet", "Array"].includes(nameOf(init.callee) ?? "");
    return isCollection && Array.isArray(init.arguments) && init.arguments.length === 0;
  }
  if (init.type === "ArrayExpression") return Array.isArray(init.elements) && init.elements.length === 0;
  return init.type === "ObjectExpression" && Array.isArray(init.properties) && init.properties.length === 0;
}

function isModuleState(node: SyntaxNode, parents: readonly SyntaxNode[]): string | undefined {
  if (node.type !== "VariableDeclaration" || node.declare === true) return undefined;
  const isTopLevel = parents.every((parent) => parent.type === "Program" || parent.type === "ExportNamedDeclaration");
  if (!isTopLevel) return undefined;
  if (node.kind !== "const") return `module-level ${String(node.kind)} is hidden state`;
  const declarations = Array.isArray(node.declarations) ? node.declarations.filter(isNode) : [];
  return declarations.some((one) => isEmptyCollection(one.init))
    ? "a module-level empty collection is hidden state"
    : undefined;
}

export const purityRules: readonly Rule[] = [
  {
    name: "shared/ reads no clock, no chance and no host",
    check: nodeCheck(isProduct("shared"), readsHiddenInput),
    planted: [
      { "shared/run/a.ts": "export const now = (): number => Date.now();" },
      { "shared/run/a.ts": 'export const now = (): number => Date["now"]();' },
      { "shared/run/a.ts": "export const today = (): Date => new Date();" },
      { "shared/run/a.ts": "export const roll = (): number => Math.random();" },
      { "shared/run/a.ts": "export const id = (): string => crypto.randomUUID();" },
      { "shared/run/a.ts": "export const t = (): number => performance.now();" },
      { "shared/run/a.ts": "export const g = globalThis;" },
    ],
  },
  {
    name: "no hidden state: module-level variables only in the inference session and the memo",
    check: nodeCheck((path) => isProduct("shared", "workers")(path) && !isUnder(path, ...STATE_ALLOWED), isModuleState),
    planted: [
      { "workers/router/a.ts": "let seen = 0;\nexport const next = (): number => seen++;" },
      { "workers/router/a.ts": "export const cache = new Map<string, string>();" },
      { "shared/task/a.ts": "const known: string[] = [];" },
    ],
  },
  {
    name: "no worker waits: the queue and cron are the loop",
    check: nodeCheck(
      (path) => isProduct("workers")(path) && !WAITS_ALLOWED.includes(path),
      (node, parents) => {
        const name = nameOf(node);
        return name !== undefined && TIMERS.has(name) && isReference(node, parents) ? `${name} waits` : undefined;
      },
    ),
    planted: [
      { "workers/executor/a.ts": "export const nap = (ms: number) => new Promise((go) => setTimeout(go, ms));" },
    ],
  },
];
