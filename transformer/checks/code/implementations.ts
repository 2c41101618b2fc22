import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { visitNodesWith } from "../../context/word-places";
import { type TypeContext } from "../types/platform-types";
import { extendersOf, testFile } from "./constructions";
import { resolveSymbol } from "./resolve-symbol";

/** If a program has more classes than these for one interface, any of them may be the one. */
const maxClasses = 4;

/**
 * Returns the members of the program's classes that implement a member of an interface, or an
 * abstract member of a class: `current` of `class RequestTenants implements Tenants`.
 */
export function implementationsOf(context: TypeContext, member: ts.Symbol): readonly ts.Symbol[] {
  const { ts, checker } = context;
  const holder = member.valueDeclaration?.parent;
  if (!holder) return [];
  const classes = ts.isInterfaceDeclaration(holder)
    ? (classesByInterface(context).get(holder) ?? [])
    : ts.isClassLike(holder)
      ? extendersOf(context, holder)
      : [];
  if (classes.length > maxClasses) return [];
  return classes.flatMap((one) => {
    const own = checker.getTypeAtLocation(one).getProperty(member.name);
    return own && own.valueDeclaration !== member.valueDeclaration ? [own] : [];
  });
}

const classesByInterface = oncePerProgram(
  (context: TypeContext): ReadonlyMap<ts.Node, readonly ts.ClassLikeDeclaration[]> => {
    const { ts, program } = context;
    const found = new Map<ts.Node, ts.ClassLikeDeclaration[]>();
    for (const file of program.getSourceFiles()) {
      if (file.isDeclarationFile || testFile.test(file.fileName)) continue;
      visitNodesWith(ts, file, ["implements"], (node) => {
        if (!ts.isClassLike(node)) return;
        for (const { token, types } of node.heritageClauses ?? [])
          if (token === ts.SyntaxKind.ImplementsKeyword)
            for (const { expression } of types)
              for (const declaration of resolveSymbol(context, expression)?.declarations ?? [])
                found.set(declaration, [...(found.get(declaration) ?? []), node]);
      });
    }
    return found;
  },
);
