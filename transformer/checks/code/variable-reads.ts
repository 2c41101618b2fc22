import type ts from "typescript";
import { isRequest } from "./request-types";
import { visitNames } from "../../context/word-places";
import { isWrapper, unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { type Step, variableAt } from "./origin";
import { functionAround, holderOfBinding, isOfModule, isWithin, loopAround } from "./syntax-ranges";
import { isPlainData, pathOf } from "./receiver-reads";
import { type Reachable, type Read } from "./reachable-code";
import { isTakenAsText, isTakenWhole } from "./whole-reads";
import { isCalledDifferently } from "./different-values";
import { isCalledOnce } from "./function-calls";
import { fieldsFor } from "./fields";
import { memberVaries } from "./service-values";
import { isMadeOfData } from "./data-parts";
import { isTidying } from "./tidying";
import { sourcesOf, variableOf } from "./variation";
import { type Assignment, assignmentsTo } from "./assignments";
import { isSetUp } from "./set-up";
import { isStore } from "./stores";
import { changesInside } from "./object-writes";
import { isKeptOnce } from "./kept-once";
import { isReconfigured } from "./reconfigured-objects";
import { valueSymbol } from "./value-symbol";
import { writeInto } from "./writes-into";
import { isKeptForReceiver, isLookedUp } from "./lookups";

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
  { reads }: Reachable,
): readonly VariableRead[] {
  const found = new Map<
    ts.Symbol,
    { names: Set<string>; kind: VariableRead["kind"]; isWhole: boolean }
  >();
  for (const given of reads) {
    const read = ofClass(context, given);
    const root = variableAt(read.origin);
    const declaration = root?.valueDeclaration;
    if (!declaration || isInside(declaration, loader)) continue;
    if (isInside(declaration, read.invocation.body) || isTidying(context, root, read.node))
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
    if (!value && isReconfigured(context, root, read, loader)) {
      found.set(root, { names: new Set([root.name]), kind: "replaced", isWhole: false });
      continue;
    }
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

/** A function isn't inside itself: what `currency.code` is, code outside may change. */
function isInside(declaration: ts.Declaration, code: ts.Node): boolean {
  return declaration !== code && isWithin(declaration, code);
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
  if (ts.isEnumDeclaration(declaration)) return null;
  const path = pathOf(context, origin.steps, root.name);
  // `currency.code = code`, of `function currency() { … }`
  if (ts.isFunctionLike(declaration))
    return path.data ? { name: path.text, member: path.data } : null;
  if (ts.isClassLike(declaration)) {
    const [first] = origin.steps;
    if (!path.data) return null;
    return { name: path.text, member: path.data === first ? null : path.data };
  }
  const type = checker.getTypeOfSymbolAtLocation(
    root,
    origin.steps.length === 0 ? node : declaration,
  );
  if (isPlainData(context, type) || isOfRequest(context, root))
    return { name: origin.steps.length === 0 ? root.name : path.text, member: null };
  if (path.data && (isOfModule(context.ts, declaration) || memberVaries(context, path.data)))
    return { name: path.text, member: path.data };
  // It is a service or a function that was given to a factory, and may differ in each call of the
  // factory.
  return isCalledDifferently(context, declaration) ||
    isMadeOfText(context, root) ||
    isToldWhereMade(context, root)
    ? { name: root.name, member: null }
    : null;
}

/**
 * `const scoped = prisma.$extends(scopeOf(tenantId))` in a factory that is called with a tenant:
 * each call makes another one. So does each call of `use(region) { current = clients[region]; }`.
 */
function isMadeOfText(context: CheckContext, variable: ts.Symbol): boolean {
  const { ts } = context;
  const declaration = variable.valueDeclaration as ts.Declaration;
  if (!ts.isVariableDeclaration(holderOfBinding(ts, declaration))) return false;
  const values = isOfModule(context.ts, declaration)
    ? assignmentsTo(context, variable, declaration.getSourceFile()).map(({ value }) => value)
    : variableOf(context, variable).values;
  return values.some((value) => value !== null && isMadeOfCallersData(context, value));
}

/** `fork.setFilterParams("tenant", { tenant })` in the factory that has made `fork` */
function isToldWhereMade(context: CheckContext, variable: ts.Symbol): boolean {
  const { ts } = context;
  const declaration = variable.valueDeclaration as ts.Declaration;
  const scope = ts.isVariableDeclaration(declaration) ? functionAround(ts, declaration) : null;
  if (!scope) return false;
  let isTold = false;
  visitNames(ts, scope, new Set([variable.name]), (name) => {
    const change = writeInto(ts, name);
    if (!change || !ts.isCallExpression(change.node)) return;
    isTold ||=
      isMadeOfCallersData(context, change.value) && valueSymbol(context, name) === variable;
  });
  return isTold;
}

function isMadeOfCallersData(context: CheckContext, value: ts.Expression): boolean {
  return isMadeOfData(context, value, (part) => sourcesOf(context, part).size > 0);
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
  if (!isWithin(loader, scope)) {
    return runsAtTop(ts, scope) && isReplacedWithin(context, symbol, scope) ? "replaced" : null;
  }
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

/** `(() => { … })()` at the top of a module, which hides the variables of the module. */
function runsAtTop(compiler: typeof ts, scope: ts.Node): boolean {
  let outer = scope.parent;
  while (outer && isWrapper(compiler, outer)) outer = outer.parent;
  return (
    compiler.isCallExpression(outer) &&
    unwrap(compiler, outer.expression) === scope &&
    functionAround(compiler, outer) === null
  );
}

/** Whether a function inside the scope gives the variable what its own caller passes. */
function isReplacedWithin(context: CheckContext, symbol: ts.Symbol, scope: ts.Node): boolean {
  return assignmentsTo(context, symbol, scope).some(
    (assignment) =>
      functionAround(context.ts, assignment.node) !== scope &&
      isGiven(context, assignment, undefined),
  );
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
  const isNamed = ts.isClassLike(declaration) || ts.isFunctionDeclaration(declaration);
  if (!isNamed && !ts.isVariableDeclaration(holderOfBinding(ts, declaration))) return null;
  const isConst = isNamed || (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  const [first] = read.origin.steps;
  const isWhole = isConst && isReadWhole(context, symbol, read);
  if (isConst && !isWhole && (!first || isLookedUp(context, read))) return null;
  if (read.invocation.through.length > maxHelpers) return null;
  if (member?.symbol && fieldsFor(context, null).isSetByCaller(member.symbol)) return "replaced";
  const initial = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  const assignments = isConst ? [] : assignmentsTo(context, symbol, declaration.getSourceFile());
  const changes = [
    // A service that is made when it is first asked for is one service.
    ...assignments.filter(({ node }) => !(first && isKeptOnce(ts, node, symbol.name))),
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
  if (sourcesOf(context, value).size > 0 || isMadeOfCallersData(context, value)) return true;
  return ts.isStringLiteralLike(value) && value.text !== "" && value.getText() !== initial;
}
