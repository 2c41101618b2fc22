import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { type Step } from "./origin";
import { type Reachable } from "./reachable-code";
import { isData, isPrimitive } from "../types/value-types";

/** A member of `this` that is read, with all the paths on which it is read. */
export interface MemberRead {
  readonly symbol: ts.Symbol;
  readonly name: string;
  readonly type: ts.Type;
  /** Each path once, without the method that is called at its end. */
  readonly paths: readonly MemberPath[];
}

export interface MemberPath {
  /** `this.options.limit` */
  readonly text: string;
  /**
   * The first step of the path whose value could be part of a key: `tenant` of `this.db.tenant`.
   */
  readonly data: Step | null;
  readonly steps: readonly Step[];
}

/**
 * Returns the members of the receiver that are read: its fields, and what classes below it may
 * provide.
 */
export function memberReadsOf(context: CheckContext, { reads }: Reachable): readonly MemberRead[] {
  const found = new Map<
    ts.Symbol,
    { read: Omit<MemberRead, "paths">; paths: Map<string, MemberPath> }
  >();
  for (const { origin } of reads) {
    const [first] = origin.steps;
    if (origin.root !== "receiver" || !first?.symbol) continue;
    const symbol = declaredMember(context, first.symbol);
    const type = typeOfStep(context, first);
    const known = found.get(symbol) ?? {
      read: { symbol, name: first.name, type },
      paths: new Map<string, MemberPath>(),
    };
    found.set(symbol, known);
    const path = pathOf(context, origin.steps, "this");
    if (!known.paths.has(path.text)) known.paths.set(path.text, path);
  }
  return [...found.values()].map(({ read, paths }) => ({ ...read, paths: [...paths.values()] }));
}

/**
 * Returns the path up to the last step that is data or, if none is, to the last that is not a
 * function.
 */
export function pathOf(context: CheckContext, steps: readonly Step[], root: string): MemberPath {
  const first = steps.findIndex((one) => isPlainData(context, typeOfStep(context, one)));
  const last = steps.findLastIndex(
    (one, i) => i <= first || isPlainData(context, typeOfStep(context, one)),
  );
  const least = root === "this" ? 1 : 0;
  const kept =
    first < 0
      ? steps.filter((one, i) => i < least || !isFunction(context, one))
      : steps.slice(0, last + 1);
  return {
    text: [root, ...kept.map(({ name }) => name)].join("."),
    data: first < 0 ? null : (steps[first] as Step),
    steps: kept,
  };
}

const knownPlain = new WeakMap<ts.Type, boolean>();

export function isPlainData(context: CheckContext, type: ts.Type): boolean {
  const asked = knownPlain.get(type) ?? (isPrimitive(context, type) || isData(context, type));
  knownPlain.set(type, asked);
  return asked;
}

export function typeOfStep({ checker }: CheckContext, { symbol, node }: Step): ts.Type {
  return symbol ? checker.getTypeOfSymbolAtLocation(symbol, node) : checker.getTypeAtLocation(node);
}

function isFunction(context: CheckContext, step: Step): boolean {
  return typeOfStep(context, step).getCallSignatures().length > 0;
}

/**
 * Returns the member of the class that declares it: `Base<string>` has a symbol of its own for each
 * member of `Base`, and so has a class below it.
 */
export function declaredMember({ checker }: CheckContext, member: ts.Symbol): ts.Symbol {
  return checker.getRootSymbols(member)[0] ?? member;
}

/**
 * Whether the member has a value, and isn't code that runs: a property, or an accessor without a
 * body.
 */
export function isField(
  { ts }: CheckContext,
  { valueDeclaration: declaration }: ts.Symbol,
): boolean {
  if (!declaration) return false;
  if (ts.isGetAccessor(declaration)) return !declaration.body;
  return (
    ts.isPropertyDeclaration(declaration) ||
    ts.isParameter(declaration) ||
    ts.isPropertySignature(declaration) ||
    ts.isPropertyAssignment(declaration) ||
    ts.isShorthandPropertyAssignment(declaration)
  );
}
