import type ts from "typescript";
import { visitNames } from "../../context/word-places";
import { type CheckContext } from "../../plan/check-context";
import { writeOf } from "./loader-reads";
import { type Assignment, assignedValue } from "./variation";

/**
 * The names of the properties that a file assigns to, as far as its text shows. A file that did not change is read
 * once.
 */
const knownNames = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

const assignments =
  /(?:\.\s*|\[["'`])([\w$]+)(?:["'`]\])?\s*(?:\+\+|--|(?:[-+*/%&|^]|\*\*|&&|\|\||\?\?|<<|>>>?)?=(?![=>]))/g;

/** Whether a property of that name is on the left of an assignment, as far as the text shows. */
export function mayAssign(file: ts.SourceFile, name: string): boolean {
  let names = knownNames.get(file);
  if (!names)
    knownNames.set(file, (names = new Set([...file.text.matchAll(assignments)].map(([, one]) => one as string))));
  return names.has(name);
}

/** Returns all assignments of the program to a field, in any code that has the object: `source.load = loadUser`. */
export function writesToField(
  { ts, checker, program }: CheckContext,
  declaration: ts.PropertyDeclaration,
): readonly Assignment[] {
  const { name } = declaration;
  if (!ts.isIdentifier(name)) return [];
  const found: Assignment[] = [];
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || !mayAssign(file, name.text)) continue;
    visitNames(ts, file, new Set([name.text]), ({ parent, pos }) => {
      if (!ts.isPropertyAccessExpression(parent) || parent.name.pos !== pos) return;
      const write = writeOf(ts, parent);
      if (write && checker.getSymbolAtLocation(parent.name)?.valueDeclaration === declaration)
        found.push({ node: write, value: assignedValue(ts, write) });
    });
  }
  return found;
}
