import type ts from "typescript";
import { someNode, walkTree } from "../../context/walk-tree";
import { oncePerProgram } from "../../context/once-per-program";
import { mayName, visitNames } from "../../context/word-places";
import { isRequest } from "./request-types";
import { type CheckContext } from "../../plan/check-context";
import { hasOwnThis, isWithin, type Step, variableAt } from "./origin";
import { isAsked, pathOf, typeOfStep } from "./receiver-reads";
import { isTakenAsText, isTakenWhole, type LoaderRuns, type Read } from "./runs";
import { isCalledDifferently } from "./different-values";
import { isCalledOnce } from "./function-calls";
import { fieldsFor } from "./fields";
import { memberVaries } from "./service-values";
import { isPrimitive } from "../types/value-types";
import { isTidying } from "./tidying";
import { writeOf } from "./loader-reads";
import {
  type Assignment,
  assignedValue,
  assignmentsTo,
  functionAround,
  holderOfBinding,
  loopAround,
  sourcesOf,
  variableOf,
} from "./variation";
import { isSetUp } from "./set-up";

export interface VariableRead {
  /** `region`, `db.tenant` */
  readonly name: string;
  /**
   * How the variable varies. captured: it belongs to the enclosing function or loop. replaced: it
   * belongs to the module, and a caller gives it another value. changing: it is a counter, or is
   * read again.
   */
  readonly kind: "captured" | "replaced" | "changing";
  /** A list, or an object, that is read as a whole. */
  readonly isWhole: boolean;
}

/**
 * Returns the variables from outside that the loaders read, directly or through what they call, and
 * that may differ between calls.
 */
export function variableReads(
  context: CheckContext,
  loader: ts.Node,
  { reads }: LoaderRuns,
): readonly VariableRead[] {
  const found = new Map<
    ts.Symbol,
    { names: Set<string>; kind: VariableRead["kind"]; isWhole: boolean }
  >();
  for (const given of reads) {
    const read = ofClass(context, given);
    const root = variableAt(read.origin);
    if (!root?.valueDeclaration || isWithin(root.valueDeclaration, loader)) continue;
    if (isWithin(root.valueDeclaration, read.run.body) || isTidying(context, root, read.node))
      continue;
    if (isKeptForReceiver(context, root, read, loader)) {
      found.set(root, {
        names: new Set([`${root.name}.get(this)`]),
        kind: "replaced",
        isWhole: false,
      });
      continue;
    }
    const value = valueRead(context, root, read);
    const kind = value && kindOf(context, root, read, loader, value);
    if (!kind) continue;
    const before = found.get(root);
    const names = before?.names ?? new Set<string>();
    names.add(value.name);
    const isWhole = (before?.isWhole ?? kind !== "captured") && isReadWhole(context, root, read);
    found.set(root, {
      names,
      kind: before && before.kind !== "changing" ? before.kind : kind,
      isWhole,
    });
  }
  return [...found].map(([{ name }, { names, ...read }]) => ({
    name: names.size === 1 ? [...names].join() : name,
    ...read,
  }));
}

/** `this.tenant` of a static method is `Accounts.tenant`, of the class that declares it. */
function ofClass({ ts, checker }: CheckContext, read: Read): Read {
  const [first] = read.origin.steps;
  const declaration = first?.symbol?.valueDeclaration;
  if (read.origin.root !== "receiver" || !declaration || !ts.isPropertyDeclaration(declaration))
    return read;
  const { parent } = declaration;
  const isStatic = (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Static) !== 0;
  const name = isStatic && ts.isClassDeclaration(parent) ? parent.name : undefined;
  const symbol = name && checker.getSymbolAtLocation(name);
  return symbol ? { ...read, origin: { root: symbol, steps: read.origin.steps } } : read;
}

/**
 * The most helpers that are followed. Through more of them, a loader hardly ever depends on a
 * module's own variable.
 */
const maxHelpers = 2;

interface Value {
  readonly name: string;
  /** The step at which a service's path reaches data, or null if the variable is data itself. */
  readonly member: Step | null;
}

/** Returns the variable if it is data, or the path on which a service reaches data. */
function valueRead(context: CheckContext, root: ts.Symbol, { origin, node }: Read): Value | null {
  const { ts, checker } = context;
  const declaration = root.valueDeclaration as ts.Declaration;
  if (ts.isFunctionLike(declaration) || ts.isEnumDeclaration(declaration)) return null;
  const path = pathOf(context, origin.steps, root.name);
  if (ts.isClassLike(declaration)) {
    const [first] = origin.steps;
    return first && isAsked(context, typeOfStep(context, first))
      ? { name: path.text, member: null }
      : null;
  }
  const type = checker.getTypeOfSymbolAtLocation(
    root,
    origin.steps.length === 0 ? node : declaration,
  );
  if (isAsked(context, type) || isOfRequest(context, root))
    return { name: origin.steps.length === 0 ? root.name : path.text, member: null };
  if (path.data && (isOfModule(context, declaration) || memberVaries(context, path.data)))
    return { name: path.text, member: path.data };
  // It is a service or a function that was given to a factory, and may differ in each call of the
  // factory.
  return isCalledDifferently(context, declaration) || isMadeOfText(context, root)
    ? { name: root.name, member: null }
    : null;
}

/**
 * `const scoped = prisma.$extends(scopeOf(tenantId))` in a factory that is called with a tenant:
 * each call makes another one.
 */
function isMadeOfText(context: CheckContext, variable: ts.Symbol): boolean {
  const { ts, checker } = context;
  const declaration = variable.valueDeclaration as ts.Declaration;
  const holder = holderOfBinding(ts, declaration);
  if (!ts.isVariableDeclaration(holder) || !functionAround(ts, declaration)) return false;
  return variableOf(context, variable).values.some((value) =>
    [...sourcesOf(context, value)].some((source) =>
      isPrimitive(context, checker.getTypeOfSymbol(source)),
    ),
  );
}

/** Recognises `const tenant = req.user.tenant`, whose type is often any. */
function isOfRequest(context: CheckContext, variable: ts.Symbol): boolean {
  const { ts, checker } = context;
  const declaration = variable.valueDeclaration as ts.Declaration;
  const type = checker.getTypeOfSymbol(variable);
  if (!(type.flags & ts.TypeFlags.Any) || !functionAround(ts, declaration)) return false;
  return variableOf(context, variable).values.some((value) =>
    [...sourcesOf(context, value)].some((source) =>
      isRequest(context, checker.getTypeOfSymbol(source)),
    ),
  );
}

function kindOf(
  context: CheckContext,
  symbol: ts.Symbol,
  read: Read,
  loader: ts.Node,
  { member }: Value,
): VariableRead["kind"] | null {
  const { ts } = context;
  const declaration = symbol.valueDeclaration as ts.Declaration;
  if (declaration.getSourceFile().isDeclarationFile) return null;
  const scope = functionAround(ts, declaration) ?? loopAround(ts, declaration);
  if (!scope) return moduleKind(context, symbol, read, loader, member);
  // A variable of a function that runs for the loader is new in each call, and isn't one from
  // outside the loader.
  if (!isWithin(loader, scope)) return null;
  const { kind, values } = variableOf(context, symbol);
  const sources =
    kind === "source" ? [symbol] : values.flatMap((value) => [...sourcesOf(context, value)]);
  if (sources.every((source) => hasOneValue(context, source))) return null;
  const isOfLoop = ts.isForStatement(holderOfBinding(ts, declaration).parent.parent);
  const assignments = isOfLoop ? [] : assignmentsTo(context, symbol, scope);
  // It is changed by its previous value, or by the loaders themselves.
  const isCounter = assignments.length > 0 && assignments.every(({ value }) => value === null);
  return isCounter ? "changing" : "captured";
}

/**
 * Whether it is the parameter of a function that runs once: `createReader("users")`, at the top of
 * a module.
 */
function hasOneValue(context: CheckContext, source: ts.Symbol): boolean {
  const { ts } = context;
  const declaration = source.valueDeclaration;
  const holder = declaration && holderOfBinding(ts, declaration);
  if (
    !holder ||
    !ts.isParameter(holder) ||
    assignmentsTo(context, source, holder.parent).length > 0
  )
    return false;
  return isCalledOnce(context, holder.parent);
}

function moduleKind(
  context: CheckContext,
  symbol: ts.Symbol,
  read: Read,
  loader: ts.Node,
  member: Step | null,
): VariableRead["kind"] | null {
  const { ts } = context;
  const declaration = symbol.valueDeclaration as ts.Declaration;
  const isClass = ts.isClassLike(declaration);
  if (!isClass && !ts.isVariableDeclaration(holderOfBinding(ts, declaration))) return null;
  const isConst = isClass || (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  const [first] = read.origin.steps;
  const isWhole = isConst && isReadWhole(context, symbol, read);
  if (isConst && !isWhole && (!first || isLookedUp(context, read))) return null;
  if (read.run.through.length > maxHelpers) return null;
  if (member?.symbol && fieldsFor(context, null).isSetByCaller(member.symbol)) return "replaced";
  const initial = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  const changes = [
    ...(isConst ? [] : assignmentsTo(context, symbol, declaration.getSourceFile())),
    ...(first || isWhole
      ? changesInside(context, symbol, isWhole ? null : (first?.name ?? null))
      : []
    ).filter(({ node }) => !isSetUp(context, node)),
  ];
  // The module's top-level code runs once.
  const later = changes.filter(({ node }) => functionAround(ts, node) !== null);
  const elsewhere = later.filter(({ node }) => !isWithin(node, loader));
  if (elsewhere.some((assignment) => isGiven(context, assignment, initial?.getText())))
    return "replaced";
  return later.length > 0 && !member ? "changing" : null;
}

function isOfModule({ ts }: CheckContext, declaration: ts.Declaration): boolean {
  return !functionAround(ts, declaration) && !loopAround(ts, declaration);
}

/**
 * Recognises `users.get(id)`: what a store has under a name that the caller gives is what is
 * cached.
 */
function isLookedUp({ ts }: CheckContext, { node, origin, run }: Read): boolean {
  const { parent } = node;
  const last = origin.steps.at(-1);
  if (!last || !ts.isCallExpression(parent) || parent.expression !== node) return false;
  const isAsking = /^(?:get|has|at|includes|indexOf)$/.test(last.name);
  return (
    !isAsking ||
    parent.arguments.some((one) => !ts.isLiteralExpression(one) && !run.fixed?.has(one.getText()))
  );
}

/** `tenants.get(this)`: a field of the object, which is kept in a map of the module. */
function isKeptForReceiver(
  context: CheckContext,
  map: ts.Symbol,
  { node, origin: { steps } }: Read,
  loader: ts.Node,
): boolean {
  const { ts } = context;
  const isOfThis = ({ parent }: ts.Node): boolean =>
    ts.isCallExpression(parent) && parent.arguments[0]?.kind === ts.SyntaxKind.ThisKeyword;
  if (steps.length !== 1 || steps[0]?.name !== "get" || !isOfThis(node)) return false;
  return changesInside(context, map, null).some(
    (change) =>
      ts.isCallExpression(change.node) &&
      isOfThis(change.node.expression) &&
      !isWithin(change.node, loader),
  );
}

/** `JSON.stringify(state)`, `[...bans]`, `for (const word of words)`, `words.join()` */
function isReadWhole(context: CheckContext, symbol: ts.Symbol, { node, origin }: Read): boolean {
  const { ts } = context;
  const { parent } = node;
  if (isStore(context, context.checker.getTypeOfSymbol(symbol))) return false;
  const [first] = origin.steps;
  if (!first)
    return (
      isTakenWhole(ts, node) ||
      isTakenAsText(ts, node) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      ((ts.isForOfStatement(parent) || ts.isForInStatement(parent)) &&
        parent.expression === node) ||
      (ts.isCallExpression(parent) && parent.expression.getText() === "Array.from")
    );
  return wholeReaders.test(first.name) && ts.isCallExpression(parent) && parent.expression === node;
}

const wholeReaders =
  /^(?:join|values|entries|keys|forEach|map|flatMap|reduce|reduceRight|slice|concat|at|toString|to[A-Z]\w*)$/;

/**
 * A collection of objects plays the role of a database: the program caches its contents, and
 * invalidates them when they change.
 */
export function isStore(context: CheckContext, given: ts.Type): boolean {
  const { ts, checker } = context;
  const type = checker.getApparentType(given);
  const isMap = /^(?:Readonly)?(?:Map|Set)$/.test(type.getSymbol()?.name ?? "");
  const element =
    checker.isArrayLikeType(type) || isMap
      ? checker.getTypeArguments(type as ts.TypeReference).at(-1)
      : checker.getIndexTypeOfType(type, ts.IndexKind.String);
  return element !== undefined && !isPrimitive(context, element);
}

const changing = /^(?:set|add|delete|clear|push|pop|shift|unshift|splice|sort|fill)$/;

/**
 * Returns changes such as `state.region = r`, `flags.set(name, value)`, `Object.assign(state,
 * patch)` anywhere in the program.
 */
function changesInside(
  context: CheckContext,
  symbol: ts.Symbol,
  first: string | null,
): readonly Assignment[] {
  const ofProgram = knownChanges(context);
  const all = ofProgram.get(symbol) ?? changesOf(context, symbol);
  ofProgram.set(symbol, all);
  return all.filter(({ part }) => first === null || part === null || part === first);
}

interface Change extends Assignment {
  /** The property that is changed, or null if it may be any. */
  readonly part: string | null;
}

const knownChanges = oncePerProgram(() => new Map<ts.Symbol, readonly Change[]>());

function changesOf(context: CheckContext, symbol: ts.Symbol): readonly Change[] {
  const { ts, program, checker } = context;
  const found: Change[] = [];
  const file = (symbol.valueDeclaration as ts.Declaration).getSourceFile();
  const isExported = ((symbol as { parent?: ts.Symbol }).parent ?? null) !== null;
  for (const one of isExported ? program.getSourceFiles() : [file]) {
    if (one.isDeclarationFile || !mayName(one, symbol.name)) continue;
    visitNames(ts, one, new Set([symbol.name]), (name) => {
      const change = changeAt(context, name);
      if (!change) return;
      const named = checker.getSymbolAtLocation(name);
      const target =
        named && named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
      if (target === symbol) found.push(change);
    });
  }
  const declaration = symbol.valueDeclaration;
  if (declaration && ts.isClassLike(declaration))
    found.push(
      ...changesByThis(
        context,
        declaration.members.filter(
          (one) => ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Static,
        ),
      ),
    );
  if (declaration && ts.isVariableDeclaration(declaration))
    found.push(...changesByThis(context, methodsOf(context, symbol)));
  return found;
}

/**
 * The methods of the class whose object a variable of the module is: `const flags = new Flags()`.
 */
function methodsOf({ ts, checker }: CheckContext, variable: ts.Symbol): readonly ts.ClassElement[] {
  const owner = checker.getTypeOfSymbol(variable).getSymbol()?.valueDeclaration;
  if (!owner || !ts.isClassLike(owner) || owner.getSourceFile().isDeclarationFile) return [];
  return owner.members.filter((one) => ts.isMethodDeclaration(one) || ts.isSetAccessor(one));
}

/** `this.tenant = tenant` in a static method, and `this.values.set(name, value)` in a method. */
function changesByThis(
  context: CheckContext,
  members: readonly ts.ClassElement[],
): readonly Change[] {
  const { ts } = context;
  const found: Change[] = [];
  for (const member of members)
    walkTree(ts, member, (node) => {
      if (node !== member && hasOwnThis(ts, node)) return "skip";
      const change =
        node.kind === ts.SyntaxKind.ThisKeyword ? changeAt(context, node as ts.Expression) : null;
      if (change) found.push(change);
      return undefined;
    });
  return found;
}

function changeAt(context: CheckContext, name: ts.Expression): Change | null {
  const { ts } = context;
  const { parent } = name;
  if (
    ts.isCallExpression(parent) &&
    parent.arguments[0] === name &&
    parent.expression.getText() === "Object.assign"
  )
    return { node: parent, value: parent.arguments[1] ?? null, part: null };
  const isStep = ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent);
  if (!isStep || parent.expression !== name) return null;
  let target: ts.Expression = parent;
  while (isNamedStep(ts, target.parent) && target.parent.expression === target)
    target = target.parent;
  const part = ts.isPropertyAccessExpression(parent) ? parent.name.text : null;
  const call = target.parent;
  // `flags.set(name, value)`, `state.flags.set(name, value)`
  if (
    ts.isPropertyAccessExpression(target) &&
    changing.test(target.name.text) &&
    ts.isCallExpression(call)
  )
    return call.expression === target && !(target === parent && isOwnMethod(context, parent))
      ? { node: call, value: call.arguments.at(-1) ?? null, part: target === parent ? null : part }
      : null;
  const write = writeOf(ts, target);
  return write && { node: write, value: assignedValue(ts, write), part };
}

/**
 * `….headers` or `…["authorization"]`. What is under a name that the code computes is a row of a
 * store.
 */
function isNamedStep(
  compiler: typeof ts,
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return (
    compiler.isPropertyAccessExpression(node) ||
    (compiler.isElementAccessExpression(node) &&
      compiler.isStringLiteralLike(node.argumentExpression))
  );
}

/**
 * Recognises `Codes.delete(email)`, of a static method of the class `Codes` itself: whatever it
 * changes is found in its body, unless the body hands the class on.
 */
function isOwnMethod({ ts, checker }: CheckContext, callee: ts.PropertyAccessExpression): boolean {
  const method = checker.getSymbolAtLocation(callee.name)?.valueDeclaration;
  if (!method || !ts.isMethodDeclaration(method) || !method.body || !ts.isClassLike(method.parent))
    return false;
  const holder = checker.getTypeAtLocation(callee.expression).getSymbol()?.valueDeclaration;
  const { ThisKeyword, SuperKeyword } = ts.SyntaxKind;
  const isHandedOn = ({ kind, parent }: ts.Node): boolean =>
    kind === SuperKeyword || (kind === ThisKeyword && !ts.isPropertyAccessExpression(parent));
  return holder === method.parent && !someNode(ts, method.body, isHandedOn);
}

/**
 * Whether the value is given by the caller of the function with the assignment, or is one of
 * several fixed texts.
 */
function isGiven(
  context: CheckContext,
  { node, value }: Assignment,
  initial: string | undefined,
): boolean {
  const { ts } = context;
  if (!value || isSetUp(context, node)) return false;
  if (sourcesOf(context, value).size > 0) return true;
  return ts.isStringLiteralLike(value) && value.text !== "" && value.getText() !== initial;
}
