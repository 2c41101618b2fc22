import { dirname } from "node:path";
import type ts from "typescript";
import { type Syntax } from "../syntax";
import { packages } from "./packages";

/**
 * How emitted code gets at the runtime. An `import` is right in every file that has one, for whatever compiles the file next
 * takes care of it; in a file of CommonJS syntax it must be a `require`. A file with neither is what its extension and its
 * package say.
 */
export function formatOf(ts: Syntax, file: ts.SourceFile): "commonjs" | "esm" {
  if (file.statements.some((statement) => isOfEsm(ts, statement))) return "esm";
  if (file.statements.some((statement) => isOfCommonJs(ts, statement))) return "commonjs";
  if (/\.mtsx?$/.test(file.fileName)) return "esm";
  if (/\.ctsx?$/.test(file.fileName)) return "commonjs";
  if (isModulePackage(dirname(packages.resolvePath(file.fileName)))) return "esm";
  return /\brequire\s*\(|\bexports\b/.test(file.text) ? "commonjs" : "esm";
}

function isOfEsm(ts: Syntax, statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return !statement.isExportEquals;
  if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) return true;
  const { modifiers } = statement as { readonly modifiers?: readonly ts.ModifierLike[] };
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isOfCommonJs(ts: Syntax, statement: ts.Statement): boolean {
  if (ts.isImportEqualsDeclaration(statement)) return ts.isExternalModuleReference(statement.moduleReference);
  return ts.isExportAssignment(statement);
}

/** Of the nearest package.json, as Node has it. */
function isModulePackage(directory: string): boolean {
  const text = packages.readFile(`${directory}/package.json`);
  if (text !== undefined) return /"type"\s*:\s*"module"/.test(text);
  const parent = dirname(directory);
  return parent !== directory && isModulePackage(parent);
}
