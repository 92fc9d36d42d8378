import {
  isCode,
  isNode,
  isTest,
  lineAt,
  nodeCheck,
  type ParsedFile,
  parseFile,
  type Rule,
  type SourceFile,
  type SyntaxNode,
} from "./source-file.ts";

const isTypeScript = (path: string): boolean => path.endsWith(".ts");
const MAX_PARAMETERS = 3;
const MAX_FUNCTION_LINES = 50;

function escapesTypes(node: SyntaxNode): string | undefined {
  if (node.type === "TSAnyKeyword") return "any";
  if (node.type !== "TSAsExpression" || !isNode(node.expression)) return undefined;
  const inner = node.expression;
  const throughUnknown = inner.type === "TSAsExpression" && isNode(inner.typeAnnotation);
  return throughUnknown && isNode(inner.typeAnnotation) && inner.typeAnnotation.type === "TSUnknownKeyword"
    ? "as unknown as"
    : undefined;
}

/** A `!` is a claim; its proof is a comment on its line or the line before. */
function claimsWithoutProof(node: SyntaxNode, file: ParsedFile): string | undefined {
  if (node.type !== "TSNonNullExpression") return undefined;
  const line = lineAt(file, node.end);
  const isProven = file.comments.some((comment) => {
    const at = lineAt(file, comment.end);
    return at === line || at === line - 1;
  });
  return isProven ? undefined : "! without its proof beside it";
}

function hasManyParameters(node: SyntaxNode): string | undefined {
  const count = Array.isArray(node.params) && !/^TSTypeParameter/.test(node.type) ? node.params.length : 0;
  return count > MAX_PARAMETERS ? `${count} positional parameters: use one object` : undefined;
}

function isLongFunction(node: SyntaxNode, file: ParsedFile): string | undefined {
  if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return undefined;
  const lines = file.text
    .slice(node.start, node.end)
    .split("\n")
    .filter((line) => line.trim() !== "").length;
  return lines > MAX_FUNCTION_LINES ? `a function of ${lines} lines` : undefined;
}

/** Comments that switch the compiler off. */
const silencesCompiler = (files: readonly SourceFile[]) =>
  files
    .filter((file) => isTypeScript(file.path))
    .flatMap((file) =>
      parseFile(file)
        .comments.filter((comment) => /^\s*@ts-(ignore|expect-error|nocheck)/.test(comment.value))
        .map((comment) => ({ path: file.path, line: lineAt(file, comment.start), says: comment.value.trim() })),
    );

export const styleRules: readonly Rule[] = [
  {
    name: "no way around the types",
    check: (files) => [...nodeCheck(isTypeScript, escapesTypes)(files), ...silencesCompiler(files)],
    planted: [
      { "shared/run/a.ts": "export const a = (x: any): void => {};" },
      { "workers/router/a.ts": "export const a = (x: string) => x as unknown as number;" },
      { "workers/router/a.ts": "// @ts-expect-error\nexport const a: number = 1;" },
    ],
  },
  {
    name: "a non-null claim has its proof beside it",
    check: nodeCheck(isTypeScript, (node, _, file) => claimsWithoutProof(node, file)),
    planted: [{ "shared/run/a.ts": "export const a = (x: string | null): string => x!;" }],
  },
  {
    name: "at most 3 positional parameters",
    check: nodeCheck((path) => !isTest(path), hasManyParameters),
    planted: [
      { "shared/run/a.ts": "export function f(a: 1, b: 1, c: 1, d: 1): void {}" },
      { "shared/run/a.ts": "export type F = (a: 1, b: 1, c: 1, d: 1) => void;" },
    ],
  },
  {
    name: "no function longer than 50 lines",
    check: nodeCheck(
      (path) => isCode(path) && !isTest(path),
      (node, _, file) => isLongFunction(node, file),
    ),
    planted: [{ "shared/run/a.ts": `export function f(): void {\n${"  g();\n".repeat(50)}}` }],
  },
];
