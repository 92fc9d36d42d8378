import { posix } from "node:path";
import { isNode, lineAt, parseFile, type SourceFile, type SyntaxNode, walk } from "./source-file.ts";

export interface Import {
  readonly from: string;
  readonly line: number;
  /** A path from the root for a relative import, else the specifier as written. */
  readonly target: string;
  readonly isRelative: boolean;
  readonly isTypeOnly: boolean;
  /** Imported names; empty for a whole module. */
  readonly names: readonly string[];
}

const SOURCES = new Set([
  "ImportDeclaration",
  "ExportAllDeclaration",
  "ExportNamedDeclaration",
  "ImportExpression",
  "TSImportType",
]);

/** Everything a file imports, in whatever form: static, `export from`, dynamic, and types by `import("...")`. */
export function listImports(file: SourceFile): readonly Import[] {
  const found: Import[] = [];
  walk(parseFile(file).program, (node) => {
    if (!SOURCES.has(node.type)) return;
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const isRelative = specifier.startsWith(".");
    found.push({
      from: file.path,
      line: lineAt(file, node.start),
      target: isRelative ? posix.join(posix.dirname(file.path), specifier) : specifier,
      isRelative,
      isTypeOnly: node.type === "TSImportType" || node.importKind === "type" || node.exportKind === "type",
      names: importedNames(node),
    });
  });
  return found;
}

function specifierOf(node: SyntaxNode): string | undefined {
  const source = node.source ?? node.argument;
  if (!isNode(source)) return undefined;
  const literal = source.type === "TSLiteralType" && isNode(source.literal) ? source.literal : source;
  return typeof literal.value === "string" ? literal.value : undefined;
}

function importedNames(node: SyntaxNode): readonly string[] {
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  return specifiers.flatMap((specifier) => {
    const name = specifier.imported ?? specifier.local;
    return isNode(name) && typeof name.name === "string" ? [name.name] : [];
  });
}

/** The package of a bare specifier: `@scope/name` or `name`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
