import { parseSync } from "vite";

/** A file of the repository by its path from the root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A node of the syntax tree; members differ by type. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export interface ParsedFile extends SourceFile {
  readonly program: SyntaxNode;
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[];
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly says: string;
}

/** A law of the repository. `planted` are trees that break it, each once; the test shows that the check sees them. */
export interface Rule {
  readonly name: string;
  readonly check: (files: readonly SourceFile[]) => readonly Violation[];
  readonly planted: readonly Readonly<Record<string, string>>[];
}

/** Tests and what only they use. */
export const isTest = (path: string): boolean =>
  path.endsWith(".test.ts") || path.startsWith("tests/") || path.includes("/testing/");
export const isCode = (path: string): boolean => /\.(ts|mjs|js)$/.test(path);
export const isUnder = (path: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value;

/** The name of an Identifier node, else undefined. */
export const nameOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === "Identifier" && typeof node.name === "string" ? node.name : undefined;

const cache = new Map<string, ParsedFile>();

/** The syntax tree of a file; throws when it cannot be parsed. */
export function parseFile(file: SourceFile): ParsedFile {
  const key = `${file.path}\0${file.text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const lang = file.path.endsWith(".d.ts") ? "dts" : file.path.endsWith(".ts") ? "ts" : "js";
  const { program, comments, errors } = parseSync(file.path, file.text, { lang });
  if (errors.length > 0) throw new Error(`cannot parse ${file.path}: ${errors[0]?.message}`);
  const root: unknown = program;
  if (!isNode(root)) throw new Error(`no syntax tree for ${file.path}`);
  const parsed = { ...file, program: root, comments };
  cache.set(key, parsed);
  return parsed;
}

/** Visits a node and everything below it; `parents` runs from the root to the node's parent. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void,
  parents: readonly SyntaxNode[] = [],
): void {
  visit(node, parents);
  const below = [...parents, node];
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) walk(child, visit, below);
  }
}

export const lineAt = (file: SourceFile, offset: number): number => file.text.slice(0, offset).split("\n").length;

/** A rule over syntax trees: `says` returns what is wrong with a node of a file in scope, or undefined. */
export function nodeCheck(
  inScope: (path: string) => boolean,
  says: (node: SyntaxNode, parents: readonly SyntaxNode[], file: ParsedFile) => string | undefined,
): Rule["check"] {
  return (files) =>
    files
      .filter((file) => isCode(file.path) && inScope(file.path))
      .flatMap((file) => {
        const parsed = parseFile(file);
        const found: Violation[] = [];
        walk(parsed.program, (node, parents) => {
          const text = says(node, parents, parsed);
          if (text !== undefined) found.push({ path: file.path, line: lineAt(file, node.start), says: text });
        });
        return found;
      });
}

/** Whether an Identifier node names a value or type in scope, and not a member, key or label of something. */
export function isReference(node: SyntaxNode, parents: readonly SyntaxNode[]): boolean {
  const parent = parents.at(-1);
  if (parent === undefined || node.type !== "Identifier") return false;
  if (parent.type === "MemberExpression" && parent.property === node && parent.computed !== true) return false;
  if (parent.type === "TSQualifiedName" && parent.right === node) return false;
  if (parent.key === node && parent.computed !== true && parent.shorthand !== true) return false;
  return !(parent.type === "ImportSpecifier" && parent.imported === node && parent.local !== node);
}
