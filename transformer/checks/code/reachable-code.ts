import type ts from "typescript";
import { type Access, listedFunctions } from "./listed-functions";
import { givenToParameters, originsFromOutside } from "./argument-origins";
import { boundFunction } from "./bound-function";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { FunctionBodies } from "./function-bodies";
import { type Body, type Code, parametersOf, partsReadIn } from "./loader-reads";
import { receiverType } from "../types/expression-scope";
import { type Origin, type Scope, type Step, variableAt } from "./origin";
import { originsOfAssignment, originsOfPattern } from "./pattern-origins";
import { classOf, originsOf } from "./trace-origins";
import { anyName } from "./literal-names";
import { reflections } from "./object-copies";
import { resolveAlias } from "./resolve-symbol";
import { functionAround, isOfModule, isWithin } from "./syntax-ranges";
import { isIterated, isTakenAsText, isTakenWhole } from "./whole-reads";
import { escapes } from "./escapes";
import { trapsOf } from "./proxy-traps";

/**
 * A function that runs when the loader does: the loader, or a function of the program that it
 * calls.
 */
export interface Invocation extends Scope {
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
  readonly invocation: Invocation;
}

/**
 * What one invocation reads, and what it calls. It is the same for all loaders that reach it, if no
 * caller gives it anything.
 */
interface Summary {
  readonly reads: readonly Omit<Read, "invocation">[];
  readonly entered: readonly (Omit<Invocation, "through"> & { readonly name: string })[];
}

export interface Reachable {
  readonly invocations: readonly Invocation[];
  readonly reads: readonly Read[];
}

/** Returns the code behind a member of the receiver: that of the class whose object it is. */
export type Dispatch = (member: ts.Symbol) => ts.Symbol;

export interface ReachOptions {
  readonly dispatch?: Dispatch;
  /**
   * Follows every call into the program, and not only those that are given what the loader knows.
   */
  readonly everywhere?: boolean;
}

/** How many calls deep a loader is followed, and into how many functions in total. */
const maxDepth = 6;

const maxInvocations = 200;

/**
 * Returns everything that runs for the loaders, and the values with a known origin that it reads.
 */
export function reachableFrom(
  context: CheckContext,
  bodies: readonly Body[],
  { dispatch, everywhere = false }: ReachOptions = {},
): Reachable {
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
  readonly #reachable: Invocation[] = [];
  #reads: Omit<Read, "invocation">[] = [];
  #entered: Summary["entered"][number][] = [];
  readonly #seen = new Set<string>();
  readonly #numbers = new Map<unknown, number>();
  readonly #bodies: FunctionBodies;

  constructor(
    private readonly context: CheckContext,
    /** If null, the receiver's members are those of its type. */
    private readonly dispatch: Dispatch | null,
    private readonly everywhere: boolean,
  ) {
    this.#bodies = new FunctionBodies(context, everywhere);
  }

  follow(): Reachable {
    const reads: Read[] = [];
    for (const invocation of this.#reachable) {
      const summary = this.#summaryOf(invocation);
      for (const read of summary.reads) reads.push({ ...read, invocation });
      for (const { name, ...entered } of summary.entered)
        this.add({ ...entered, through: [...invocation.through, name] });
    }
    return { invocations: this.#reachable, reads };
  }

  #summaryOf(invocation: Invocation): Summary {
    const isWhole = invocation.receiver !== null && isReceiver(invocation.receiver);
    const isAlone =
      invocation.given.size === 0 &&
      (invocation.receiver === null || (isWhole && this.dispatch === null));
    if (!isAlone) return this.#summarize(invocation);
    const ofChecker =
      summaries.get(this.context.checker) ?? new WeakMap<Code, Map<ts.Type | null, Summaries>>();
    summaries.set(this.context.checker, ofChecker);
    const ofBody = ofChecker.get(invocation.body) ?? new Map<ts.Type | null, Summaries>();
    ofChecker.set(invocation.body, ofBody);
    const type = invocation.receiver?.type ?? null;
    const ofType = ofBody.get(type) ?? {};
    ofBody.set(type, ofType);
    return (ofType[`${isWhole} ${this.everywhere}`] ??= this.#summarize(invocation));
  }

  #summarize(invocation: Invocation): Summary {
    this.#reads = [];
    this.#entered = [];
    this.#read(invocation);
    return { reads: this.#reads, entered: this.#entered };
  }

  /** The same function with other values is another invocation. */
  add(invocation: Invocation): void {
    const given = [...invocation.given].map(
      ([symbol, origins]) => `${this.#number(symbol)}=${this.#print(origins)}`,
    );
    const self = invocation.receiver ? this.#print([invocation.receiver]) : "";
    const signature = [
      this.#number(invocation.body),
      self,
      ...given,
      ...(invocation.fixed ?? []),
    ].join();
    if (
      this.#seen.has(signature) ||
      this.#reachable.length >= maxInvocations ||
      invocation.through.length > maxDepth
    )
      return;
    this.#seen.add(signature);
    this.#reachable.push(invocation);
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

  #read(entered: Invocation): void {
    const { ts } = this.context;
    const { values, patterns, assignments, calls, constructions, tags } = partsReadIn(
      this.context,
      entered.body,
    );
    const invocation = this.#withEscape(entered, values);
    for (const node of values) {
      const origins = originsOf(this.context, invocation, node);
      const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
      for (const origin of origins)
        this.#add(invocation, origin, node, isCalled ? node.parent : null);
      for (const origin of origins) if (isReceiver(origin)) this.#addWhole(origin, node);
      if (origins.length > 0 && isTakenAsText(ts, node))
        this.#addOwn(invocation, origins, node, textMembers);
      if (origins.length > 0 && isIterated(ts, node))
        this.#addOwn(invocation, origins, node, iteratingMembers);
      if (this.everywhere && origins.length === 0) this.#followGetter(invocation, node);
      // In `ids.map(withTenant)`, the called function calls its argument.
      if (isArgument(ts, node))
        this.#enterFunction(invocation, node, null, this.#givenBeside(invocation, node));
    }
    for (const { name, initializer } of patterns)
      for (const { element, origins } of originsOfPattern(
        this.context,
        name,
        originsOf(this.context, invocation, initializer),
      ))
        if (!element.dotDotDotToken)
          for (const origin of origins) this.#add(invocation, origin, element, null);
    for (const assignment of assignments)
      for (const { node, origins } of originsOfAssignment(this.context, invocation, assignment))
        for (const origin of origins) this.#add(invocation, origin, node, null);
    for (const [symbol, origins] of invocation.given) {
      const element = symbol.valueDeclaration;
      if (element && ts.isBindingElement(element))
        for (const origin of origins) this.#add(invocation, origin, element, null);
    }
    for (const call of calls) this.#followCall(invocation, call);
    for (const tag of tags) this.#enterFunction(invocation, unwrap(ts, tag), null, []);
    if (this.everywhere)
      for (const made of constructions) this.#followConstruction(invocation, made);
  }

  #add(invocation: Invocation, origin: Origin, node: ts.Node, call: ts.Node | null): void {
    if (origin.root === "receiver" && origin.steps[0]?.name === anyName) {
      if (!call) this.#addMembers(origin, node);
      return;
    }
    this.#reads.push({ origin, node });
    if (this.everywhere)
      for (const trap of trapsOf(this.context, variableAt(origin)))
        this.#enter(invocation, trap, null, [], node.getText());
    const at = origin.steps.findIndex(
      ({ symbol }) =>
        symbol && this.#bodiesOf(symbol, origin.root === "receiver" && !origin.isSuper).length,
    );
    const member = origin.steps[at];
    if (!member?.symbol) return;
    const isOwn = origin.root === "receiver" && at === 0 && !origin.isSuper;
    const isKnown = origin.root === "receiver" ? at === 0 : this.#isOneObject(origin);
    // Where another object's methods run, only what they call matters.
    if (!isKnown && !this.everywhere) return;
    const receiver: Origin | null = isKnown
      ? { root: origin.root, type: origin.type ?? null, steps: origin.steps.slice(0, at) }
      : null;
    const given =
      call && at === origin.steps.length - 1 ? (call as ts.CallExpression).arguments : [];
    for (const body of this.#bodiesOf(member.symbol, isOwn))
      this.#enter(invocation, body, receiver, given, textOf(member, isOwn));
  }

  /**
   * Whether it is one object that the code makes or that the module has. Its methods show which
   * fields they read.
   */
  #isOneObject(origin: Origin): boolean {
    const { ts } = this.context;
    const declaration = variableAt(origin)?.valueDeclaration;
    if (!declaration) return true;
    const isHolder =
      ts.isVariableDeclaration(declaration) ||
      (ts.isClassLike(declaration) && origin.steps.length > 1);
    return isHolder && isOfModule(ts, declaration);
  }

  /**
   * Returns an invocation that knows the receiver's type. If the receiver goes into a list or a
   * call, what comes out is known by its type.
   */
  #withEscape(invocation: Invocation, values: readonly ts.Expression[]): Invocation {
    if (!invocation.receiver || !isReceiver(invocation.receiver)) return invocation;
    const node = values.find(
      (one) =>
        escapes(this.context.ts, one) && originsOf(this.context, invocation, one).some(isReceiver),
    );
    return node ? { ...invocation, escaped: classOf(this.context, node) } : invocation;
  }

  /**
   * Returns what a function is given by the one that calls it: `this` for `accounts` of `tenantOf`,
   * in `pipe(this, tenantOf)`. The values are known by their classes.
   */
  #givenBeside(
    invocation: Invocation,
    name: ts.Expression,
  ): readonly (ts.Expression | undefined)[] {
    const { ts, checker } = this.context;
    const beside = (name.parent as ts.CallExpression).arguments.filter((one) => one !== name);
    const symbol =
      beside.length > 0 && ts.isIdentifier(name) ? checker.getSymbolAtLocation(name) : undefined;
    const [body] = symbol ? this.#bodies.of(resolveAlias(this.context, symbol)) : [];
    if (!body) return [];
    return parametersOf(body).map((parameter) => {
      const owner = classOf(this.context, parameter.name);
      if (!owner?.valueDeclaration || !ts.isClassLike(owner.valueDeclaration)) return undefined;
      return beside.find(
        (one) =>
          classOf(this.context, one) === owner &&
          originsFromOutside(this.context, invocation, one).length > 0,
      );
    });
  }

  /**
   * Adds the whole object: `JSON.stringify(this)` reads everything.
   */
  #addWhole(origin: Origin, node: ts.Expression): void {
    if (isTakenWhole(this.context.ts, node)) this.#addMembers(origin, node);
  }

  /** Adds what the object's own methods of these names read, which the language calls. */
  #addOwn(
    invocation: Invocation,
    origins: readonly Origin[],
    node: ts.Expression,
    names: RegExp,
  ): void {
    const { ts, checker } = this.context;
    const type = checker.getTypeAtLocation(node);
    if (
      !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.TypeParameter))
    )
      return;
    for (const origin of origins)
      for (const symbol of (isReceiver(origin) ? (origin.type ?? type) : type).getProperties())
        if (names.test(symbol.name) && this.#bodies.of(symbol).length > 0)
          this.#add(
            invocation,
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
  #followGetter(invocation: Invocation, node: ts.Expression): void {
    const { ts, checker } = this.context;
    if (!ts.isPropertyAccessExpression(node)) return;
    const symbol = checker.getSymbolAtLocation(node.name);
    if (!symbol || !(symbol.flags & ts.SymbolFlags.Accessor)) return;
    for (const body of this.#bodies.of(symbol))
      this.#enter(invocation, body, null, [], node.getText());
  }

  #followCall(invocation: Invocation, call: ts.CallExpression): void {
    const { ts } = this.context;
    const callee = unwrap(ts, call.expression);
    if (reflections.test(callee.getText()))
      for (const origin of originsOf(this.context, invocation, call))
        this.#add(invocation, origin, call, null);
    if (callee.getText() === "Reflect.apply") {
      const [called, self] = call.arguments;
      const [receiver = null] = self ? originsOf(this.context, invocation, self) : [];
      return called && this.#enterFunction(invocation, unwrap(ts, called), receiver, []);
    }
    const borrowed =
      ts.isPropertyAccessExpression(callee) && /^(?:call|apply|bind)$/.test(callee.name.text)
        ? callee
        : null;
    if (borrowed) {
      const [self, ...rest] = call.arguments;
      const [receiver = null] = self ? originsOf(this.context, invocation, self) : [];
      const given = borrowed.name.text === "apply" ? [] : rest;
      return this.#enterFunction(invocation, unwrap(ts, borrowed.expression), receiver, given);
    }
    if (ts.isIdentifier(callee) && callee.text === "eval")
      return this.#addEvaluated(invocation, call);
    if (ts.isElementAccessExpression(callee) || ts.isPropertyAccessExpression(callee))
      this.#enterListed(invocation, callee, call);
    this.#enterFunction(invocation, callee, null, [...call.arguments]);
  }

  /** Reads the members of `this` that a text may name when it is evaluated. */
  #addEvaluated(invocation: Invocation, call: ts.CallExpression): void {
    const [code] = call.arguments;
    if (!code || !invocation.receiver || !isReceiver(invocation.receiver)) return;
    const text = this.context.ts.isStringLiteralLike(code) ? code.text : null;
    this.#addMembers(invocation.receiver, call, (name) => text === null || text.includes(name));
  }

  /** Enters what `handlers[name]()` may call. */
  #enterListed(invocation: Invocation, callee: Access, call: ts.CallExpression): void {
    if (!this.everywhere) return;
    for (const listed of listedFunctions(this.context, callee))
      for (const body of this.#bodies.of(listed))
        this.#enter(invocation, body, null, [...call.arguments], callee.getText());
  }

  /** `new Query(id)`: its constructor, and what its fields begin with. */
  #followConstruction(invocation: Invocation, made: ts.NewExpression): void {
    const { ts, checker } = this.context;
    const { expression } = made;
    const owner = checker.getTypeAtLocation(expression).getSymbol()?.valueDeclaration;
    if (!owner || !ts.isClassLike(owner) || owner.getSourceFile().isDeclarationFile) return;
    const name = `new ${expression.getText()}`;
    for (const member of owner.members) {
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
      if (ts.isConstructorDeclaration(member) && member.body)
        this.#enter(invocation, member, null, [...(made.arguments ?? [])], name);
      if (ts.isPropertyDeclaration(member) && member.initializer && !isStatic)
        this.#enter(invocation, member, null, [], name);
    }
  }

  #enterFunction(
    invocation: Invocation,
    callee: ts.Expression,
    receiver: Origin | null,
    given: readonly (ts.Expression | undefined)[],
  ): void {
    const { ts, checker } = this.context;
    // `(function (this: Accounts) { … }).call(this)`
    if (ts.isFunctionExpression(callee) && receiver)
      return this.#enter(invocation, callee, receiver, given, "a function");
    const name = ts.isIdentifier(callee)
      ? callee
      : ts.isPropertyAccessExpression(callee)
        ? callee.name
        : null;
    const found = name && checker.getSymbolAtLocation(name);
    if (!found) return;
    const symbol = resolveAlias(this.context, found);
    const bound = boundFunction(ts, symbol);
    if (bound) {
      for (const origin of originsOf(this.context, invocation, bound.expression.expression))
        this.#add(invocation, origin, bound.expression, null);
      this.#followCall(invocation, bound);
    }
    // A member of the receiver is followed where it is read.
    if (
      receiver === null &&
      ts.isPropertyAccessExpression(callee) &&
      originsOf(this.context, invocation, callee).some(isOfReceiver)
    )
      return;
    for (const body of this.#bodies.of(symbol)) {
      const around = functionAround(ts, body);
      const isBeside = around !== null && isWithin(invocation.body, around);
      const isKnown =
        receiver !== null ||
        given.some((one) => one && originsFromOutside(this.context, invocation, one).length > 0);
      if (isKnown || isBeside || this.everywhere || ts.isIdentifier(callee))
        this.#enter(invocation, body, receiver, given, callee.getText());
    }
  }

  #enter(
    invocation: Invocation,
    body: Code,
    receiver: Origin | null,
    values: readonly (ts.Expression | undefined)[],
    name: string,
  ): void {
    const given = givenToParameters(this.context, invocation, body, values);
    this.#entered.push({ body, receiver, name, ...given });
  }

  /** Returns the code of a member, which the receiver's class may have replaced. */
  #bodiesOf(symbol: ts.Symbol, isOwn: boolean): readonly Body[] {
    return this.#bodies.of(isOwn && this.dispatch ? this.dispatch(symbol) : symbol);
  }
}

/** The methods that make a text or a number of an object. */
const textMembers = /^(?:toString|valueOf|__@toPrimitive.*)$/;

/** The methods behind `[...selection]`. */
const iteratingMembers = /^__@(?:iterator|asyncIterator).*$/;

function textOf({ name, node }: Step, isOwn: boolean): string {
  return isOwn ? `this.${name}` : node.getText();
}

function isReceiver({ root, steps }: Origin): boolean {
  return root === "receiver" && steps.length === 0;
}

function isArgument(compiler: typeof ts, node: ts.Expression): boolean {
  const { parent } = node;
  return compiler.isCallExpression(parent) && parent.expression !== node;
}

function isOfReceiver({ root }: Origin): boolean {
  return root === "receiver";
}
