import type ts from "typescript";
import { visitNames } from "../../context/word-places";
import { type CheckContext } from "../../plan/check-context";
import { assignedValue, type Assignment, writeOf } from "./assignments";

/**
 * The names of the properties that a file assigns to, as far as its text shows. A file that did not
 * change is read once.
 */
const knownNames = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

const assignments =
  /(?:\.\s*|\[["'`])([\w$]+)(?:["'`]\])?\s*(?:\+\+|--|(?:[-+*/%&|^]|\*\*|&&|\|\||\?\?|<<|>>>?)?=(?![=>]))/g;

/** Whether a property of that name is on the left of an assignment, as far as the text shows. */
export function mayAssign(file: ts.SourceFile, name: string): boolean {
  let names = knownNames.get(file);
  if (!names)
    knownNames.set(
      file,
      (names = new Set([...file.text.matchAll(assignments)].map(([, one]) => one as string))),
    );
  return names.has(name);
}

/**
 * Returns all assignments of the program to a field or a property of a literal, in any code that
 * has the object: `source.load = loadUser`, `Object.assign(source, { load: loadUser })`.
 */
export function writesToField(
  context: CheckContext,
  declaration: ts.NamedDeclaration,
): readonly Assignment[] {
  const { ts, checker, program } = context;
  const { name } = declaration;
  if (!name || !ts.isIdentifier(name)) return [];
  const found: Assignment[] = [];
  for (const file of program.getSourceFiles()) {
    if (
      file.isDeclarationFile ||
      !(mayAssign(file, name.text) || file.text.includes("Object.assign("))
    )
      continue;
    visitNames(ts, file, new Set([name.text]), (node) => {
      const { parent, pos } = node;
      const copied = copiedOver(ts, node);
      const target = copied && checker.getTypeAtLocation(copied.target).getProperty(name.text);
      if (copied && target?.valueDeclaration === declaration)
        found.push({ node: copied.call, value: copied.value });
      if (!ts.isPropertyAccessExpression(parent) || parent.name.pos !== pos) return;
      const write = writeOf(ts, parent);
      if (write && checker.getSymbolAtLocation(parent.name)?.valueDeclaration === declaration)
        found.push({ node: write, value: assignedValue(ts, write) });
    });
  }
  return found;
}

/** Returns the parts of `Object.assign(target, { tenant })` for `tenant`. */
export function copiedOver(
  compiler: typeof ts,
  { parent }: ts.Node,
): {
  readonly call: ts.CallExpression;
  readonly target: ts.Expression;
  readonly value: ts.Expression;
} | null {
  const isShort = compiler.isShorthandPropertyAssignment(parent);
  if (!isShort && !compiler.isPropertyAssignment(parent)) return null;
  const call = parent.parent.parent;
  if (!compiler.isCallExpression(call) || call.expression.getText() !== "Object.assign")
    return null;
  const [target] = call.arguments;
  const value = isShort ? parent.name : parent.initializer;
  return target && target !== parent.parent ? { call, target, value } : null;
}
