import type ts from "typescript";
import { type CheckContext } from "./check";
import { type Body, type MemberRead, membersReadBy } from "./loader-reads";

export interface MemberReads {
  /** In the order they are come upon. */
  readonly fields: readonly ReadField[];
  /** Accessors without a body: abstract ones. */
  readonly getters: readonly ReadField[];
}

export interface ReadField {
  readonly symbol: ts.Symbol;
  readonly name: string;
  /** Where it is read first, to ask the checker with. */
  readonly node: ts.Node;
  readonly nodes: readonly ts.Node[];
}

/** The fields of `this` that the bodies read, themselves or through the methods and accessors of `this` that they use. */
export function memberReadsOf(context: CheckContext, bodies: readonly Body[]): MemberReads {
  const fields = new Map<ts.Symbol, ReadField>();
  const getters = new Map<ts.Symbol, ReadField>();
  const queue = [...bodies];
  const seen = new Set<ts.Node>(queue);
  for (const body of queue) {
    for (const read of membersReadBy(context, body)) {
      const symbol = symbolOf(context, read);
      if (!symbol) continue;
      const inner = bodiesOf(context, symbol).filter((one) => !seen.has(one));
      inner.forEach((one) => seen.add(one));
      queue.push(...inner);
      const found = { symbol, name: read.name.text, node: read.node };
      if (isField(context, symbol)) add(fields, found);
      else if (isAbstractGetter(context, symbol)) add(getters, found);
    }
  }
  return { fields: [...fields.values()], getters: [...getters.values()] };
}

function add(reads: Map<ts.Symbol, ReadField>, { symbol, name, node }: Omit<ReadField, "nodes">): void {
  const before = reads.get(symbol);
  reads.set(symbol, { symbol, name, node: before?.node ?? node, nodes: [...(before?.nodes ?? []), node] });
}

/** As the class has it that declares it: `Base<string>` has a symbol of its own for each member of `Base`, and so has a class below it. */
export function declaredMember({ checker }: CheckContext, member: ts.Symbol): ts.Symbol {
  return checker.getRootSymbols(member)[0] ?? member;
}

/** The name in a pattern is that of a variable too: there the object's type is asked. */
function symbolOf({ ts, checker }: CheckContext, { name, node }: MemberRead): ts.Symbol | undefined {
  if (!ts.isBindingElement(node)) return checker.getSymbolAtLocation(name);
  return checker.getPropertyOfType(checker.getApparentType(checker.getTypeAtLocation(node.parent)), name.text);
}

/** The code that runs when the member is read or called: that of a method, a getter, a property bound to a function. */
function bodiesOf({ ts }: CheckContext, { declarations }: ts.Symbol): Body[] {
  return (declarations ?? []).flatMap((declaration): Body[] => {
    if (declaration.getSourceFile().isDeclarationFile) return [];
    if ((ts.isMethodDeclaration(declaration) || ts.isGetAccessor(declaration)) && declaration.body)
      return [declaration];
    const value = ts.isPropertyDeclaration(declaration) ? declaration.initializer : undefined;
    return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? [value] : [];
  });
}

function isField({ ts }: CheckContext, { valueDeclaration }: ts.Symbol): boolean {
  return (
    valueDeclaration !== undefined && (ts.isPropertyDeclaration(valueDeclaration) || ts.isParameter(valueDeclaration))
  );
}

function isAbstractGetter({ ts }: CheckContext, { valueDeclaration }: ts.Symbol): boolean {
  return valueDeclaration !== undefined && ts.isGetAccessor(valueDeclaration) && !valueDeclaration.body;
}
