import type ts from "typescript";
import { type TypeContext } from "./platform-types";

/**
 * Whether the type is declared in a declaration file, of a library or of a generator of types, or
 * in a copy of one that is named `.ts`.
 */
export function isDeclaredElsewhere({ ts }: TypeContext, symbol: ts.Symbol | undefined): boolean {
  const file = symbol?.declarations?.[0]?.getSourceFile();
  return file !== undefined && (file.isDeclarationFile || isCopy(ts, file));
}

const known = new WeakMap<ts.SourceFile, boolean>();

/**
 * Whether the file has `declare class Session { … }` and nothing that runs, so that the code is
 * elsewhere. Types alone are the program's own.
 */
function isCopy(compiler: typeof ts, file: ts.SourceFile): boolean {
  const before = known.get(file);
  if (before !== undefined) return before;
  const { statements } = file;
  const isDeclared = (one: ts.Statement): boolean =>
    compiler.canHaveModifiers(one) &&
    compiler.getModifiers(one)?.some(({ kind }) => kind === compiler.SyntaxKind.DeclareKeyword) ===
      true;
  const runs = (one: ts.Statement): boolean =>
    !isDeclared(one) &&
    !compiler.isInterfaceDeclaration(one) &&
    !compiler.isTypeAliasDeclaration(one) &&
    !compiler.isImportDeclaration(one) &&
    !compiler.isExportDeclaration(one);
  const isOne =
    statements.some((one) => compiler.isClassDeclaration(one) && isDeclared(one)) &&
    !statements.some(runs);
  known.set(file, isOne);
  return isOne;
}
