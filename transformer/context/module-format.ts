import { dirname } from "node:path";
import type ts from "typescript";
import { type PackageHost } from "./module-name";
import { type Syntax } from "./syntax";

/**
 * Decides how emitted code gets the runtime. An `import` works in every file that already has one,
 * because the next compiler handles it; a file of CommonJS syntax needs a `require`. A file with
 * neither has the format that its extension and its package.json say.
 */
export function formatInSource(
  ts: Syntax,
  file: ts.SourceFile,
  packages: PackageHost,
): "commonjs" | "esm" {
  // An import beside `export =` only imports types, and is not emitted.
  if (file.statements.some((statement) => isExportEquals(ts, statement))) return "commonjs";
  if (file.statements.some((statement) => isOfEsm(ts, statement))) return "esm";
  if (file.statements.some((statement) => isOfCommonJs(ts, statement))) return "commonjs";
  if (/\.mtsx?$/.test(file.fileName)) return "esm";
  if (/\.ctsx?$/.test(file.fileName)) return "commonjs";
  if (isModulePackage(packages, dirname(packages.resolvePath(file.fileName)))) return "esm";
  return /\brequire\s*\(|\bexports\b/.test(file.text) ? "commonjs" : "esm";
}

function isOfEsm(ts: Syntax, statement: ts.Statement): boolean {
  // oxlint-disable-next-line typescript/no-deprecated -- what replaces it is missing in TypeScript 5.5
  if (ts.isImportDeclaration(statement)) return !statement.importClause?.isTypeOnly;
  if (ts.isExportDeclaration(statement)) return !statement.isTypeOnly;
  if (ts.isExportAssignment(statement)) return true;
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return false;
  const { modifiers } = statement as { readonly modifiers?: readonly ts.ModifierLike[] };
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isOfCommonJs(ts: Syntax, statement: ts.Statement): boolean {
  return (
    ts.isImportEqualsDeclaration(statement) &&
    ts.isExternalModuleReference(statement.moduleReference)
  );
}

/** `export = …` */
function isExportEquals(ts: Syntax, statement: ts.Statement): boolean {
  return ts.isExportAssignment(statement) && statement.isExportEquals === true;
}

/** Reads the nearest package.json, as Node does. */
export function isModulePackage(packages: PackageHost, directory: string): boolean {
  const text = packages.readFile(`${directory}/package.json`);
  if (text !== undefined) return /"type"\s*:\s*"module"/.test(text);
  const parent = dirname(directory);
  return parent !== directory && isModulePackage(packages, parent);
}
