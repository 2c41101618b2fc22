import type ts from "typescript";
import { isAssignment, isWrapper, unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { type Body, type Code, parametersOf, partsReadIn } from "./loader-reads";
import { receiverType } from "../types/expression-scope";
import {
  anyName,
  classOf,
  copies,
  isWithin,
  type Origin,
  originsOf,
  originsOfAssignment,
  originsOfPattern,
  reflections,
  type Scope,
  type Step,
  variableAt,
} from "./origin";
import { functionAround, loopAround } from "./variation";

/**
 * A function that runs when the loader does: the loader, or a function of the program that it
 * calls.
 */
export interface Run extends Scope {
  readonly body: Code;
  /** The names of the functions called on the way from the loader, in order, for messages. */
  readonly through: readonly string[];
  /** The names of parameters for which the call has a literal: `isOn("beta")`. */
  readonly fixed?: ReadonlySet<string> | undefined;
}

/** A value that is read, with its origin. */
export interface Read {
  readonly origin: Origin;
  readonly node: ts.Node;
  readonly run: Run;
}

/**
 * What one run reads, and what it calls. It is the same for all loaders that reach it, if no caller
 * gives it anything.
 */
interface Summary {
  readonly reads: readonly Omit<Read, "run">[];
  readonly entered: readonly (Omit<Run, "through"> & { readonly name: string })[];
}

export interface LoaderRuns {
  readonly runs: readonly Run[];
  readonly reads: readonly Read[];
}

/** Returns the code behind a member of the receiver: that of the class whose object it is. */
export type Dispatch = (member: ts.Symbol) => ts.Symbol;

export interface RunOptions {
  readonly dispatch?: Dispatch;
  /**
   * Follows every call into the program, and not only those that are given what the loader knows.
   */
  readonly everywhere?: boolean;
}

/** How many calls deep a loader is followed, and into how many functions in total. */
const maxDepth = 6;
const maxRuns = 200;

/**
 * Returns everything that runs for the loaders, and the values with a known origin that it reads.
 */
export function runsOf(
  context: CheckContext,
  bodies: readonly Body[],
  { dispatch, everywhere = false }: RunOptions = {},
): LoaderRuns {
  const follower = new Follower(context, dispatch ?? null, everywhere);
  for (const body of bodies) {
    const receiver: Origin = { root: "receiver", type: receiverType(context, body), steps: [] };
    follower.add({ body, receiver, given: new Map(), through: [] });
  }
  return follower.follow();
}

/**
 * The summaries of code, by its body, the type of its receiver, and whether all calls are followed.
 */
const summaries = new WeakMap<ts.TypeChecker, WeakMap<Code, Map<ts.Type | null, Summaries>>>();

type Summaries = Partial<Record<string, Summary>>;

class Follower {
  readonly #runs: Run[] = [];
  #reads: Omit<Read, "run">[] = [];
  #entered: Summary["entered"][number][] = [];
  readonly #seen = new Set<string>();
  readonly #numbers = new Map<unknown, number>();
  /** Names of functions that are being looked for, because one may stand for itself. */
  readonly #resolving = new Set<ts.Symbol>();

  constructor(
    private readonly context: CheckContext,
    /** If null, the receiver's members are those of its type. */
    private readonly dispatch: Dispatch | null,
    private readonly everywhere: boolean,
  ) {}

  follow(): LoaderRuns {
    const reads: Read[] = [];
    for (const run of this.#runs) {
      const summary = this.#summaryOf(run);
      for (const read of summary.reads) reads.push({ ...read, run });
      for (const { name, ...entered } of summary.entered)
        this.add({ ...entered, through: [...run.through, name] });
    }
    return { runs: this.#runs, reads };
  }

  #summaryOf(run: Run): Summary {
    const isWhole = run.receiver !== null && isReceiver(run.receiver);
    const isAlone =
      run.given.size === 0 && (run.receiver === null || (isWhole && this.dispatch === null));
    if (!isAlone) return this.#summarize(run);
    const ofChecker =
      summaries.get(this.context.checker) ?? new WeakMap<Code, Map<ts.Type | null, Summaries>>();
    summaries.set(this.context.checker, ofChecker);
    const ofBody = ofChecker.get(run.body) ?? new Map<ts.Type | null, Summaries>();
    ofChecker.set(run.body, ofBody);
    const type = run.receiver?.type ?? null;
    const ofType = ofBody.get(type) ?? {};
    ofBody.set(type, ofType);
    return (ofType[`${isWhole} ${this.everywhere}`] ??= this.#summarize(run));
  }

  #summarize(run: Run): Summary {
    this.#reads = [];
    this.#entered = [];
    this.#read(run);
    return { reads: this.#reads, entered: this.#entered };
  }

  /** The same function with other values is another run. */
  add(run: Run): void {
    const given = [...run.given].map(
      ([symbol, origins]) => `${this.#number(symbol)}=${this.#print(origins)}`,
    );
    const self = run.receiver ? this.#print([run.receiver]) : "";
    const signature = [this.#number(run.body), self, ...given, ...(run.fixed ?? [])].join();
    if (this.#seen.has(signature) || this.#runs.length >= maxRuns || run.through.length > maxDepth)
      return;
    this.#seen.add(signature);
    this.#runs.push(run);
  }

  #print(origins: readonly Origin[]): string {
    return origins
      .map(({ root, steps }) =>
        [
          this.#number(typeof root === "object" && "made" in root ? root.made : root),
          ...steps.map(({ name }) => name),
        ].join("."),
      )
      .join("|");
  }

  #number(thing: unknown): number {
    if (!this.#numbers.has(thing)) this.#numbers.set(thing, this.#numbers.size);
    return this.#numbers.get(thing) as number;
  }

  #read(entered: Run): void {
    const { ts } = this.context;
    const { values, patterns, assignments, calls, constructions, tags } = partsReadIn(
      this.context,
      entered.body,
    );
    const run = this.#withHandedOn(entered, values);
    for (const node of values) {
      const origins = originsOf(this.context, run, node);
      const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
      for (const origin of origins) this.#add(run, origin, node, isCalled ? node.parent : null);
      for (const origin of origins) if (isReceiver(origin)) this.#addWhole(origin, node);
      if (origins.length > 0 && isTakenAsText(ts, node)) this.#addText(run, origins, node);
      if (this.everywhere && origins.length === 0) this.#followGetter(run, node);
      // In `ids.map(withTenant)`, the called function calls its argument.
      if (isArgument(ts, node)) this.#enterFunction(run, node, null, []);
    }
    for (const { name, initializer } of patterns)
      for (const { element, origins } of originsOfPattern(
        this.context,
        name,
        originsOf(this.context, run, initializer),
      ))
        if (!element.dotDotDotToken)
          for (const origin of origins) this.#add(run, origin, element, null);
    for (const assignment of assignments)
      for (const { node, origins } of originsOfAssignment(this.context, run, assignment))
        for (const origin of origins) this.#add(run, origin, node, null);
    for (const [symbol, origins] of run.given) {
      const element = symbol.valueDeclaration;
      if (element && ts.isBindingElement(element))
        for (const origin of origins) this.#add(run, origin, element, null);
    }
    for (const call of calls) this.#followCall(run, call);
    for (const tag of tags) this.#enterFunction(run, unwrap(ts, tag), null, []);
    if (this.everywhere) for (const made of constructions) this.#followConstruction(run, made);
  }

  #add(run: Run, origin: Origin, node: ts.Node, call: ts.Node | null): void {
    if (origin.root === "receiver" && origin.steps[0]?.name === anyName) {
      if (!call) this.#addMembers(origin, node);
      return;
    }
    this.#reads.push({ origin, node });
    if (this.everywhere)
      for (const trap of trapsOf(this.context, variableAt(origin)))
        this.#enter(run, trap, null, [], node.getText());
    const at = origin.steps.findIndex(
      ({ symbol }) =>
        symbol && this.#bodiesOf(symbol, origin.root === "receiver" && !origin.isSuper).length,
    );
    const member = origin.steps[at];
    if (!member?.symbol) return;
    const isOwn = origin.root === "receiver" && at === 0 && !origin.isSuper;
    const isKnown = at === 0 && (origin.root === "receiver" || this.#isOneObject(origin));
    // Where another object's methods run, only what they call matters.
    if (!isKnown && !this.everywhere) return;
    const receiver: Origin | null = isKnown
      ? { root: origin.root, type: origin.type ?? null, steps: [] }
      : null;
    const given =
      call && at === origin.steps.length - 1 ? (call as ts.CallExpression).arguments : [];
    for (const body of this.#bodiesOf(member.symbol, isOwn))
      this.#enter(run, body, receiver, given, textOf(member, isOwn));
  }

  /**
   * Whether it is one object that the code makes or that the module has. Its methods show which
   * fields they read.
   */
  #isOneObject(origin: Origin): boolean {
    const { ts } = this.context;
    const declaration = variableAt(origin)?.valueDeclaration;
    if (!declaration) return true;
    return (
      ts.isVariableDeclaration(declaration) &&
      !functionAround(ts, declaration) &&
      !loopAround(ts, declaration)
    );
  }

  /**
   * Returns a run that knows the receiver's type. If the receiver goes into a list or a call, what
   * comes out is known by its type.
   */
  #withHandedOn(run: Run, values: readonly ts.Expression[]): Run {
    if (!run.receiver || !isReceiver(run.receiver)) return run;
    const node = values.find(
      (one) =>
        isHandedOn(this.context.ts, one) && originsOf(this.context, run, one).some(isReceiver),
    );
    return node ? { ...run, handedOn: classOf(this.context, node) } : run;
  }

  /**
   * Adds the whole object: `JSON.stringify(this)` reads everything.
   */
  #addWhole(origin: Origin, node: ts.Expression): void {
    if (isTakenWhole(this.context.ts, node)) this.#addMembers(origin, node);
  }

  /** Adds what the object's own `toString`, `valueOf` or `[Symbol.toPrimitive]` reads. */
  #addText(run: Run, origins: readonly Origin[], node: ts.Expression): void {
    const { ts, checker } = this.context;
    const type = checker.getTypeAtLocation(node);
    if (
      !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.TypeParameter))
    )
      return;
    for (const origin of origins)
      for (const symbol of (isReceiver(origin) ? (origin.type ?? type) : type).getProperties())
        if (
          /^(?:toString|valueOf|__@toPrimitive.*)$/.test(symbol.name) &&
          this.#bodiesOf(symbol, false).length > 0
        )
          this.#add(
            run,
            { ...origin, steps: [...origin.steps, { name: symbol.name, symbol, node }] },
            node,
            null,
          );
  }

  #addMembers(origin: Origin, node: ts.Node, isRead: (name: string) => boolean = () => true): void {
    const type = origin.type && this.context.checker.getApparentType(origin.type);
    for (const symbol of type?.getProperties() ?? [])
      if (isRead(symbol.name))
        this.#reads.push({
          origin: { ...origin, steps: [{ name: symbol.name, symbol, node }] },
          node,
        });
  }

  /** Follows `RequestContext.current` if it is code. */
  #followGetter(run: Run, node: ts.Expression): void {
    const { ts, checker } = this.context;
    if (!ts.isPropertyAccessExpression(node)) return;
    const symbol = checker.getSymbolAtLocation(node.name);
    if (!symbol || !(symbol.flags & ts.SymbolFlags.Accessor)) return;
    for (const body of this.#bodiesOf(symbol, false))
      this.#enter(run, body, null, [], node.getText());
  }

  #followCall(run: Run, call: ts.CallExpression): void {
    const { ts } = this.context;
    const callee = unwrap(ts, call.expression);
    if (reflections.test(callee.getText()))
      for (const origin of originsOf(this.context, run, call)) this.#add(run, origin, call, null);
    if (callee.getText() === "Reflect.apply") {
      const [called, self] = call.arguments;
      const [receiver = null] = self ? originsOf(this.context, run, self) : [];
      return called && this.#enterFunction(run, unwrap(ts, called), receiver, []);
    }
    const borrowed =
      ts.isPropertyAccessExpression(callee) && /^(?:call|apply|bind)$/.test(callee.name.text)
        ? callee
        : null;
    if (borrowed) {
      const [self, ...rest] = call.arguments;
      const [receiver = null] = self ? originsOf(this.context, run, self) : [];
      const given = borrowed.name.text === "apply" ? [] : rest;
      return this.#enterFunction(run, unwrap(ts, borrowed.expression), receiver, given);
    }
    if (ts.isIdentifier(callee) && callee.text === "eval") return this.#addEvaluated(run, call);
    if (ts.isElementAccessExpression(callee) || ts.isPropertyAccessExpression(callee))
      this.#enterListed(run, callee, call);
    this.#enterFunction(run, callee, null, [...call.arguments]);
  }

  /** Reads the members of `this` that a text may name when it is evaluated. */
  #addEvaluated(run: Run, call: ts.CallExpression): void {
    const [code] = call.arguments;
    if (!code || !run.receiver || !isReceiver(run.receiver)) return;
    const text = this.context.ts.isStringLiteralLike(code) ? code.text : null;
    this.#addMembers(run.receiver, call, (name) => text === null || text.includes(name));
  }

  /**
   * Follows `handlers["tenant"]()` and `handlers[name]()`, if the type says nothing about what the
   * module has there.
   */
  #enterListed(
    run: Run,
    callee: ts.ElementAccessExpression | ts.PropertyAccessExpression,
    call: ts.CallExpression,
  ): void {
    const { ts, checker } = this.context;
    const holder = unwrap(ts, callee.expression);
    if (!this.everywhere || !ts.isIdentifier(holder)) return;
    if (
      ts.isPropertyAccessExpression(callee) &&
      checker.getSymbolAtLocation(callee.name)?.valueDeclaration
    )
      return;
    const found = checker.getSymbolAtLocation(holder);
    const symbol =
      found && found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    const declaration = symbol?.valueDeclaration;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return;
    const listed = unwrap(ts, declaration.initializer);
    if (!ts.isObjectLiteralExpression(listed)) return;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee.argumentExpression;
    const known = ts.isIdentifier(name) && ts.isPropertyAccessExpression(callee) ? name.text : null;
    const wanted = known ?? (ts.isStringLiteralLike(name) ? name.text : null);
    for (const property of listed.properties) {
      const own = property.name && checker.getSymbolAtLocation(property.name);
      if (!own || (wanted !== null && own.name !== wanted)) continue;
      for (const body of this.#bodiesOf(own, false))
        this.#enter(run, body, null, [...call.arguments], callee.getText());
    }
  }

  /** `new Query(id)`: its constructor, and what its fields begin with. */
  #followConstruction(run: Run, made: ts.NewExpression): void {
    const { ts, checker } = this.context;
    const { expression } = made;
    const owner = checker.getTypeAtLocation(expression).getSymbol()?.valueDeclaration;
    if (!owner || !ts.isClassLike(owner) || owner.getSourceFile().isDeclarationFile) return;
    const name = `new ${expression.getText()}`;
    for (const member of owner.members) {
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
      if (ts.isConstructorDeclaration(member) && member.body)
        this.#enter(run, member, null, [...(made.arguments ?? [])], name);
      if (ts.isPropertyDeclaration(member) && member.initializer && !isStatic)
        this.#enter(run, member, null, [], name);
    }
  }

  #enterFunction(
    run: Run,
    callee: ts.Expression,
    receiver: Origin | null,
    given: readonly ts.Expression[],
  ): void {
    const { ts, checker } = this.context;
    // `(function (this: Accounts) { … }).call(this)`
    if (ts.isFunctionExpression(callee) && receiver)
      return this.#enter(run, callee, receiver, given, "a function");
    const name = ts.isIdentifier(callee)
      ? callee
      : ts.isPropertyAccessExpression(callee)
        ? callee.name
        : null;
    const found = name && checker.getSymbolAtLocation(name);
    if (!found) return;
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    const bound = boundFunction(ts, symbol);
    if (bound) {
      for (const origin of originsOf(this.context, run, bound.expression.expression))
        this.#add(run, origin, bound.expression, null);
      this.#followCall(run, bound);
    }
    // A member of the receiver is followed where it is read.
    if (
      receiver === null &&
      ts.isPropertyAccessExpression(callee) &&
      originsOf(this.context, run, callee).some(isOfReceiver)
    )
      return;
    for (const body of this.#bodiesOf(symbol, false)) {
      const around = functionAround(ts, body);
      const isBeside = around !== null && isWithin(run.body, around);
      const isKnown = receiver !== null || given.some((one) => this.#isKnown(run, one));
      if (isKnown || isBeside || this.everywhere || ts.isIdentifier(callee))
        this.#enter(run, body, receiver, given, callee.getText());
    }
  }

  #isKnown(run: Run, argument: ts.Expression): boolean {
    return this.#originsFromOutside(run, argument).length > 0;
  }

  /** Returns origins, without those that are parameters of the function itself. */
  #originsFromOutside(run: Run, argument: ts.Expression): readonly Origin[] {
    if (this.context.ts.isSpreadElement(argument)) return [];
    return originsOf(this.context, run, argument).filter((origin) => {
      const declaration = variableAt(origin)?.valueDeclaration;
      return !declaration || !isWithin(declaration, run.body);
    });
  }

  #enter(
    run: Run,
    body: Code,
    receiver: Origin | null,
    values: readonly ts.Expression[],
    name: string,
  ): void {
    const { ts, checker } = this.context;
    const given = new Map<ts.Symbol, readonly Origin[]>();
    const parameters = parametersOf(body).filter((one) => one.name.getText() !== "this");
    parameters.forEach((parameter, i) => {
      const value = parameter.dotDotDotToken ? undefined : values[i];
      const origins = value ? this.#originsFromOutside(run, value) : [];
      if (origins.length === 0) return;
      if (ts.isIdentifier(parameter.name)) {
        const symbol = checker.getSymbolAtLocation(parameter.name);
        if (symbol) given.set(symbol, origins);
      } else if (ts.isObjectBindingPattern(parameter.name)) {
        for (const { element, origins: bound } of originsOfPattern(
          this.context,
          parameter.name,
          origins,
        )) {
          const symbol = checker.getSymbolAtLocation(element.name);
          if (symbol) given.set(symbol, bound);
        }
      }
    });
    // An arrow function has the `this` of the place where it was made: that of the object whose
    // property it is.
    const isFixed = (_: unknown, i: number): boolean =>
      values[i] !== undefined && ts.isLiteralExpression(values[i]);
    const fixed = parameters.filter(isFixed).map((one) => one.name.getText());
    this.#entered.push({
      body,
      receiver,
      given,
      name,
      fixed: fixed.length > 0 ? new Set(fixed) : undefined,
    });
  }

  /**
   * Returns the code of a method, a getter, a function, or a property or variable that is bound to
   * one.
   */
  #bodiesOf(symbol: ts.Symbol, isOwn: boolean): readonly Body[] {
    const { ts } = this.context;
    const { declarations = [] } = isOwn && this.dispatch ? this.dispatch(symbol) : symbol;
    return declarations.flatMap((declaration): readonly Body[] => {
      if (declaration.getSourceFile().isDeclarationFile) return [];
      if (
        ts.isMethodDeclaration(declaration) ||
        ts.isGetAccessor(declaration) ||
        ts.isFunctionDeclaration(declaration)
      )
        return declaration.body ? [declaration] : [];
      const isHolder =
        ts.isPropertyDeclaration(declaration) ||
        ts.isPropertyAssignment(declaration) ||
        ts.isVariableDeclaration(declaration);
      const value =
        isHolder && declaration.initializer ? unwrap(ts, declaration.initializer) : undefined;
      return value ? this.#bodiesOfValue(value) : [];
    });
  }

  #bodiesOfValue(value: ts.Expression): readonly Body[] {
    const { ts, checker } = this.context;
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return [value];
    if (!this.everywhere) return [];
    // `const currentUser = cache(async () => …)`
    const isCall = ts.isCallExpression(value);
    const given = isCall
      ? value.arguments.filter((one) => ts.isArrowFunction(one) || ts.isFunctionExpression(one))
      : [];
    // Follows `const currentUser = session.user` if that is code, and `withTenant(load)`, which
    // returns code.
    const callee = isCall ? unwrap(ts, value.expression) : value;
    const name = ts.isIdentifier(callee)
      ? callee
      : ts.isPropertyAccessExpression(callee)
        ? callee.name
        : null;
    const symbol = name && checker.getSymbolAtLocation(name);
    if (!symbol || this.#resolving.has(symbol)) return given;
    this.#resolving.add(symbol);
    const found = this.#bodiesOf(
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      false,
    );
    this.#resolving.delete(symbol);
    return [...given, ...found];
  }
}

/** `als.getStore.bind(als)` of `const read = als.getStore.bind(als)` */
function boundFunction(
  compiler: typeof ts,
  { valueDeclaration: declaration }: ts.Symbol,
): (ts.CallExpression & { readonly expression: ts.PropertyAccessExpression }) | null {
  if (!declaration || !compiler.isVariableDeclaration(declaration) || !declaration.initializer)
    return null;
  const value = unwrap(compiler, declaration.initializer);
  const isBound =
    compiler.isCallExpression(value) &&
    compiler.isPropertyAccessExpression(value.expression) &&
    value.expression.name.text === "bind";
  return isBound
    ? (value as ts.CallExpression & { readonly expression: ts.PropertyAccessExpression })
    : null;
}

/**
 * The functions that run where something is read of `const db = new Proxy(target, { get() { … }
 * })`.
 */
function trapsOf({ ts }: CheckContext, variable: ts.Symbol | null): readonly Body[] {
  const declaration = variable?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return [];
  const value = unwrap(ts, declaration.initializer);
  if (!ts.isNewExpression(value) || value.expression.getText() !== "Proxy") return [];
  const handler = value.arguments?.[1];
  if (!handler || !ts.isObjectLiteralExpression(handler)) return [];
  return handler.properties.flatMap((property): Body[] => {
    if (ts.isMethodDeclaration(property)) return [property];
    const trap = ts.isPropertyAssignment(property) ? unwrap(ts, property.initializer) : null;
    return trap && (ts.isArrowFunction(trap) || ts.isFunctionExpression(trap)) ? [trap] : [];
  });
}

function textOf({ name, node }: Step, isOwn: boolean): string {
  return isOwn ? `this.${name}` : node.getText();
}

function isReceiver({ root, steps }: Origin): boolean {
  return root === "receiver" && steps.length === 0;
}

/** The results of these contain all of an object's fields. */
const takers =
  /^(?:JSON\.stringify|Object\.(?:values|entries|getOwnPropertyDescriptors)|(?:util\.)?inspect)$/;

/**
 * Whether `this` is given to one of those, by itself or as a part: `JSON.stringify({ ...this })`.
 */
export function isTakenWhole(compiler: typeof ts, node: ts.Node): boolean {
  let outer = node;
  for (let { parent } = outer; ; { parent } = outer) {
    const isPart =
      isWrapper(compiler, parent) ||
      compiler.isSpreadAssignment(parent) ||
      compiler.isSpreadElement(parent) ||
      compiler.isObjectLiteralExpression(parent) ||
      compiler.isArrayLiteralExpression(parent) ||
      (compiler.isPropertyAssignment(parent) && parent.initializer === outer);
    const isCopied =
      compiler.isCallExpression(parent) &&
      parent.expression !== outer &&
      copies.test(parent.expression.getText());
    if (!isPart && !isCopied)
      return (
        compiler.isCallExpression(parent) &&
        parent.expression !== outer &&
        takers.test(parent.expression.getText())
      );
    outer = parent;
  }
}

function isArgument(compiler: typeof ts, node: ts.Expression): boolean {
  const { parent } = node;
  return compiler.isCallExpression(parent) && parent.expression !== node;
}

/**
 * Whether the value is put into a list, or given to code that passes it on: to an inline function,
 * or to the code that waits for it.
 */
function isHandedOn(compiler: typeof ts, node: ts.Expression): boolean {
  let outer: ts.Node = node;
  while (isWrapper(compiler, outer.parent)) outer = outer.parent;
  const { parent } = outer;
  if (compiler.isArrayLiteralExpression(parent)) return true;
  // `box.self = this`
  if (
    isAssignment(compiler, parent) &&
    parent.right === outer &&
    !compiler.isIdentifier(parent.left)
  )
    return true;
  if (!compiler.isCallExpression(parent) || parent.expression === outer) return false;
  const called = [parent.expression, ...parent.arguments].map((one) => unwrap(compiler, one));
  return (
    carriers.test(parent.expression.getText()) ||
    called.some((one) => compiler.isArrowFunction(one) || compiler.isFunctionExpression(one))
  );
}

const carriers = /^(?:Promise\.resolve|Array\.of)$|\.(?:push|unshift|add|set|fill)$/;

/** `String(this)`, `${this}`, `this + ""`, `+this`, `this < 5` */
export function isTakenAsText(compiler: typeof ts, { parent }: ts.Node): boolean {
  if (compiler.isCallExpression(parent))
    return /^(?:String|Number|BigInt)$/.test(parent.expression.getText());
  if (compiler.isBinaryExpression(parent))
    return calculations(compiler).has(parent.operatorToken.kind);
  if (compiler.isPrefixUnaryExpression(parent))
    return parent.operator !== compiler.SyntaxKind.ExclamationToken;
  return compiler.isTemplateSpan(parent);
}

/** The operators that make a text or a number of what they are given. */
function calculations({ SyntaxKind }: typeof ts): ReadonlySet<ts.SyntaxKind> {
  return new Set([
    SyntaxKind.PlusToken,
    SyntaxKind.MinusToken,
    SyntaxKind.AsteriskToken,
    SyntaxKind.SlashToken,
    SyntaxKind.PercentToken,
    SyntaxKind.LessThanToken,
    SyntaxKind.GreaterThanToken,
    SyntaxKind.LessThanEqualsToken,
    SyntaxKind.GreaterThanEqualsToken,
  ]);
}

function isOfReceiver({ root }: Origin): boolean {
  return root === "receiver";
}
