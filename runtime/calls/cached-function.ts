import { keysOf, readOnlyBatch, readThroughBatch } from "./batch";
import { type BoundPlan, boundPlan, planOf } from "../loads/bound-plan";
import { CacheMissError, ConfigError, ReceiverError } from "../errors";
import { type Loader } from "../user-code/loader";
import { type Answer, isObserved, observe } from "./observe";
import { type Plan, type PlanSource } from "../plan";
import { readOnly, readThrough } from "./read-through";
import { boundTo } from "../loads/receiver";
import { refresh, refreshInCall } from "./refresh";
import { isDisabledByEnvironment, registry } from "../cache/registry";
import { noteCompiled } from "../cache/uncompiled";
import { addCallers, markEntries, markFrames } from "../user-code/stacks";
import { asError } from "../user-code/thrown";
import { invalidateKeys, invalidateTag } from "../transactions/invalidate";
import { readInScope, readOnlyInScope, refreshInScope } from "./scoped-reads";
import { openScope, scopes } from "../transactions/scope";
import { controlOf, controls } from "./with-cache";
import { verified } from "./verified-calls";
import { type Control } from "../cache/control";

/** What is known of a cached function, and kept on it. */
interface Handle {
  readonly source: PlanSource;
  readonly loader: Loader;
  /** Of a function that `bind` made: its receiver and first arguments. */
  readonly bound: { readonly self: unknown; readonly args: readonly unknown[] } | null;
}

// Found on functions of every copy of zcache in the process.
const handleKey = Symbol.for("zcache.handle.1");

const inquiryKey = Symbol.for("zcache.inquiry.1");

/**
 * A declaration, of which a program may have thousands, keeps no handle: called with this for its receiver, it answers
 * with one. So does a proxy of it.
 */
interface Inquiry {
  answer: Handle | null;
}

const inquiry = ((globalThis as { [inquiryKey]?: Inquiry })[inquiryKey] ??= { answer: null });

type Cached = Function & { readonly [handleKey]?: Handle };

/**
 * A call of an annotated async function, whose cached function is async too. The answer is a promise, or the value
 * itself where it is at hand: an async function makes a promise of its own anyway. Nothing is thrown: what goes wrong
 * is a rejection.
 */
export function call(source: PlanSource, loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  if (self === inquiry) return void (inquiry.answer = { source, loader, bound: null });
  if (!registry.enabled) return run(source, loader, self, args);
  const mode = controls.storage === null ? undefined : controlOf()?.mode;
  if (mode === "bypass") return run(source, loader, self, args);
  try {
    let bound: BoundPlan | null = boundPlan(source);
    if (!bound.isNamed) nameLoader(bound, loader);
    if (bound.receivers !== null && (bound = boundTo(bound, self)) === null)
      return callUncached(source, loader, self, args, mode);
    const isInScope = scopes.storage !== null && openScope() !== null;
    const answer = isInScope
      ? scopedAnswers[mode ?? "read"]
      : mode === undefined
        ? readingOf(bound)
        : answers[mode](bound);
    const own = bound.verify !== 0 && mode === undefined && !isInScope ? verified(bound, loader, self, args) : loader;
    return isObserved() ? observe(bound, self, args, answer, own) : answer(bound, own, self, args);
  } catch (error) {
    return Promise.reject(asError(error));
  }
}

/** The same of a function that returns a promise without being async. Where nothing is cached, what it returns or throws is untouched. */
export function callPlain(source: PlanSource, loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  if (self === inquiry) return call(source, loader, self, args);
  if (!registry.enabled) return run(source, loader, self, args);
  if (controls.storage !== null && controlOf()?.mode === "bypass") return run(source, loader, self, args);
  const answer = call(source, loader, self, args);
  return answer instanceof Promise ? answer : Promise.resolve(answer);
}

/** The loader itself, by its own name: without the cache nobody else gives it that. */
function run(source: PlanSource, loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  if (loader.name.includes("_loader")) nameLoader({ plan: planOf(source) }, loader);
  if (isAsync(loader)) return runAsync(loader, self, args);
  try {
    return loader.apply(self, args as unknown[]);
  } catch (error) {
    throw addCallers(error);
  }
}

/** Where a loader fails before its cached function has told V8 what promise it waits for, its callers would be lost. */
async function runAsync(loader: Loader, self: unknown, args: ArrayLike<unknown>): Promise<unknown> {
  try {
    return await loader.apply(self, args as unknown[]);
  } catch (error) {
    throw addCallers(error);
  }
}

function callUncached(
  source: PlanSource,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
  mode: Control["mode"],
): unknown {
  if (mode === "only") throw new CacheMissError(planOf(source).name, []);
  return run(source, loader, self, args);
}

/** A declaration's loader has a name of its own in emitted code. Stack traces show the function's; on the first call, for it takes memory. */
function nameLoader(bound: { readonly plan: Plan; isNamed?: boolean }, loader: Loader): void {
  bound.isNamed = true;
  const name = bound.plan.name.slice(bound.plan.name.lastIndexOf(".") + 1);
  if (loader.name.startsWith(`${name}_loader`))
    Object.defineProperty(loader, "name", { value: name, configurable: true });
}

function readingOf({ plan }: BoundPlan): Answer {
  return plan.batch ? readThroughBatch : readThrough;
}

/** By the mode of a `withCache` above the call. */
const answers = {
  refresh: () => refreshInCall,
  only: ({ plan }) => (plan.batch ? readOnlyBatch : readOnly),
} as const satisfies Record<string, (bound: BoundPlan) => Answer>;

/** The same in the async context of a transaction. */
const scopedAnswers = {
  read: readInScope,
  refresh: refreshInScope,
  only: readOnlyInScope,
} as const satisfies Record<string, Answer>;

/** The operations of a cached function on one receiver. */
class Operations {
  readonly #handle: Handle;
  readonly #self: unknown;
  readonly #first: readonly unknown[];

  constructor(handle: Handle, self: unknown, first: readonly unknown[]) {
    this.#handle = handle;
    this.#self = self;
    this.#first = first;
  }

  async refresh(...args: unknown[]): Promise<unknown> {
    const { loader } = this.#handle;
    const bound = this.#bound();
    if (!bound) return this.nocache(...args);
    if (registry.enabled) {
      const isInScope = scopes.storage !== null && openScope() !== null;
      return (isInScope ? refreshInScope : refresh)(bound, loader, this.#self, [...this.#first, ...args]);
    }
    // Other processes may be caching. What they have is ended when the new value is known, and what they are loading
    // with it, so that nothing that was loaded before this call outlasts it.
    const keys = this.keys(...args);
    const value = await this.nocache(...args);
    await invalidateKeys(bound, keys);
    return value;
  }

  async nocache(...args: unknown[]): Promise<unknown> {
    nameLoader({ plan: planOf(this.#handle.source) }, this.#handle.loader);
    return this.#handle.loader.apply(this.#self, [...this.#first, ...args]);
  }

  async invalidate(...args: unknown[]): Promise<void> {
    const bound = this.#bound();
    // Nothing is stored of calls that aren't cached.
    if (bound) await invalidateKeys(bound, this.keys(...args));
  }

  /** The complete keys of a call: in a batch, one for each id. */
  keys(...args: unknown[]): string[] {
    const bound = this.#bound();
    return bound ? keysOf(bound, this.#self, [...this.#first, ...args]) : [];
  }

  #bound(): BoundPlan | null {
    const bound = boundPlan(this.#handle.source);
    return bound.receivers === null ? bound : boundTo(bound, this.#self);
  }

  async invalidateTag(tag: string): Promise<void> {
    await invalidateTag(boundPlan(this.#handle.source).cache, tag);
  }
}

const operations = {
  async refresh(this: Cached, ...args: unknown[]): Promise<unknown> {
    return withOwnReceiver(this, "refresh").refresh(...args);
  },
  async nocache(this: Cached, ...args: unknown[]): Promise<unknown> {
    return withOwnReceiver(this, "nocache").nocache(...args);
  },
  async invalidate(this: Cached, ...args: unknown[]): Promise<void> {
    return withOwnReceiver(this, "invalidate").invalidate(...args);
  },
  async invalidateTag(this: Cached, tag: string): Promise<void> {
    return new Operations(handleOf(this), undefined, []).invalidateTag(tag);
  },
  /** A bound copy is cached too, and its operations know their receiver. */
  bind(this: Cached, self: unknown, ...args: unknown[]): Function {
    const copy = Function.prototype.bind.call(this, self, ...args) as Function;
    const handle = handleOf(this);
    // Binding again changes the receiver no more, but adds arguments.
    const bound = { self: handle.bound ? handle.bound.self : self, args: [...(handle.bound?.args ?? []), ...args] };
    return equip(copy, { ...handle, bound });
  },
};

markEntries(call, callPlain);
markFrames(
  run,
  runAsync,
  Operations.prototype.refresh,
  Operations.prototype.nocache,
  operations.refresh,
  operations.nocache,
);

const asyncFunctionPrototype = Object.getPrototypeOf(async () => {}) as object;

/** Between cached functions and the prototype that the functions they replace have: what every cached function can do. */
const cachedPrototypes = {
  async: createCachedPrototype(asyncFunctionPrototype),
  plain: createCachedPrototype(Function.prototype),
};

function createCachedPrototype(prototype: object): object {
  const members = Object.getOwnPropertyDescriptors(operations);
  // As with the members of Function.prototype, no `for … in` over a function shows them.
  for (const descriptor of Object.values(members)) descriptor.enumerable = false;
  return Object.create(prototype, members) as object;
}

function isAsync(target: Function): boolean {
  return asyncFunctionPrototype.isPrototypeOf(target);
}

function withOwnReceiver(target: Cached, operation: string): Operations {
  const handle = handleOf(target);
  if (handle.bound) return new Operations(handle, handle.bound.self, handle.bound.args);
  const plan = planOf(handle.source);
  if (!plan.receiver) return new Operations(handle, undefined, []);
  throw new ReceiverError(
    `${plan.name} reads "this", so ${operation} needs its receiver. In a file that zcache compiles, write object.${target.name}.${operation}(…); elsewhere, object.${target.name}.bind(object).${operation}(…).`,
  );
}

/** The complete keys of a call, for whoever has the function only. */
export function keysOfCall(target: Function, args: readonly unknown[]): string[] {
  const handle = handleOf(target);
  const { self, args: first } = handle.bound ?? { self: undefined, args: [] };
  return new Operations(handle, self, first).keys(...args);
}

function handleOf(target: Cached): Handle {
  const handle = findHandle(target);
  if (handle) return handle;
  const name = typeof target === "function" && target.name !== "" ? `${target.name}, which` : "something that";
  throw new ReceiverError(
    `This operation was called on ${name} is not a cached function. If there is a @zcache comment above it, its file was built without zcache: npx zcache doctor shows what to add.`,
  );
}

/** Found by inheritance too: a function may be a proxy of, or derive from, a cached one. */
function findHandle(target: Cached): Handle | null {
  const handle = target[handleKey];
  if (handle) return handle;
  for (let one: unknown = target; typeof one === "function"; one = Object.getPrototypeOf(one))
    if (isDeclaration(one)) return inquire(one);
  return null;
}

/** Its prototype is shared by all of them. */
function isDeclaration(target: Function): boolean {
  const prototype: unknown = Object.getPrototypeOf(target);
  return prototype === cachedPrototypes.async || prototype === cachedPrototypes.plain;
}

function inquire(target: Function): Handle | null {
  inquiry.answer = null;
  void Reflect.apply(target, inquiry, []);
  const { answer } = inquiry;
  inquiry.answer = null;
  return answer;
}

/** Makes a hoisted function, which calls `call` or `callPlain`, a cached one. */
export function attach(declaration: Function, _source: PlanSource, loader: Loader, name = declaration.name): Function {
  shape(declaration, loader, name);
  noteCompiled();
  return Object.setPrototypeOf(declaration, prototypeFor(declaration)) as Function;
}

function shape(wrapper: Function, loader: Loader, name: string): void {
  // Where they are right already, as they are in declarations, defining them again would only take memory.
  if (wrapper.name !== name) Object.defineProperty(wrapper, "name", { value: name, configurable: true });
  const { length } = loader;
  if (wrapper.length !== length) Object.defineProperty(wrapper, "length", { value: length, configurable: true });
}

function prototypeFor(target: Function): object {
  return isAsync(target) ? cachedPrototypes.async : cachedPrototypes.plain;
}

/** On a prototype of its own, the handle is no key of the function, and a proxy has it nevertheless. */
function equip(target: Function, handle: Handle): Function {
  noteCompiled();
  return Object.setPrototypeOf(target, { __proto__: prototypeFor(target), [handleKey]: handle }) as Function;
}

/**
 * A cached function around a loader that nobody else can call. It is of the loader's kind: async or not, with a
 * `prototype`, so that it can be constructed, or without.
 * @param given the loader, or an object whose one property it is, by which it has its name
 * @param self the receiver, of an arrow function whose key depends on its `this`
 */
export function wrap(
  source: PlanSource,
  given: Loader | Readonly<Record<string, Loader>>,
  name?: string,
  self?: unknown,
): Function {
  const loader = typeof given === "function" ? given : (Object.values(given)[0] as Loader);
  // Without a cache for as long as the process runs, the function itself will do.
  const isPlain = !registry.enabled && isDisabledByEnvironment();
  const wrapper = isPlain ? loader : createWrapper(source, loader, self);
  shape(wrapper, loader, name ?? loader.name);
  return equip(wrapper, { source, loader, bound: self === undefined ? null : { self, args: [] } });
}

function createWrapper(source: PlanSource, loader: Loader, self: unknown): Function {
  if (isAsync(loader))
    return async function (this: unknown): Promise<unknown> {
      return call(source, loader, self === undefined ? this : self, arguments);
    };
  if (Object.hasOwn(loader, "prototype"))
    return function (this: unknown): unknown {
      return callPlain(source, loader, self === undefined ? this : self, arguments);
    };
  // Of all functions that aren't async, methods have a `this` and no prototype.
  const { method } = {
    method(this: unknown): unknown {
      return callPlain(source, loader, self === undefined ? this : self, arguments);
    },
  };
  return method;
}

/** Puts a cached function in the place of a class's own method. */
export function method(source: PlanSource, holder: object, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  if (!descriptor)
    throw new ConfigError(
      `${planOf(source).name} is annotated, but there is no method "${name}" when the program runs: a bundler has renamed it (mangle-props). Leave the names of annotated methods out of that.`,
    );
  Object.defineProperty(holder, name, { ...descriptor, value: wrap(source, descriptor.value as Loader) });
}

/** The same in an object literal; returns the object. */
export function object<T extends object>(
  literal: T,
  methods: readonly (readonly [name: string, source: PlanSource])[],
): T {
  for (const [name, source] of methods) method(source, literal, name);
  return literal;
}

const privateMethods = new WeakMap<Loader, Function>();

/** The cached function of a private method, the same at every access: private methods can't be replaced. */
export function privateMethod(source: PlanSource, loader: Loader, name: string): Function {
  let cached = privateMethods.get(loader);
  if (!cached) privateMethods.set(loader, (cached = wrap(source, loader, name)));
  return cached;
}

/** Cached functions by the object and name they were defined at, where a decorator may hide them. */
const places = new WeakMap<object, Map<PropertyKey, Cached>>();

/** The innermost decorator of a decorated method, in legacy and standard form: what others wrap is already cached. */
export function decorate(source: PlanSource) {
  return (target: object, context: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (!descriptor) {
      const cached = wrap(source, target as Loader);
      decorated.set(source, cached);
      return cached;
    }
    const cached = wrap(source, descriptor.value as Loader);
    setPlace(target, context as PropertyKey, cached);
    return { ...descriptor, value: cached };
  };
}

const decorated = new WeakMap<PlanSource, Function>();

/** Tells where the method went that a standard decorator made: only the class knows, after its decorators have run. */
export function place(source: PlanSource, holder: object, name: string): void {
  const cached = decorated.get(source);
  if (cached) setPlace(holder, name, cached);
}

function setPlace(holder: object, name: PropertyKey, cached: Function): void {
  let names = places.get(holder);
  if (!names) places.set(holder, (names = new Map<PropertyKey, Cached>()));
  names.set(name, cached);
}

function placed(receiver: unknown, name: PropertyKey): Cached | undefined {
  for (
    let holder: unknown = receiver;
    holder !== null && holder !== undefined;
    holder = Object.getPrototypeOf(holder)
  ) {
    const cached = places.get(holder)?.get(name);
    // Private names are no own properties, and can't be replaced either.
    if (cached || Object.hasOwn(holder, name)) return cached;
  }
  return undefined;
}

/**
 * The operations of what stands at `receiver[name]`, on that receiver.
 * @param optional the receiver may be missing, as in `receiver?.name.refresh()`: then nothing is done
 * @param isNeeded the member may not be missing, which the emitted call, a chain, would take for a missing receiver
 */
export function at(
  receiver: object | null | undefined,
  name: PropertyKey,
  optional = false,
  isNeeded = false,
): unknown {
  if (optional && (receiver === null || receiver === undefined)) return undefined;
  const target = (receiver as Record<PropertyKey, unknown>)[name];
  if (isNeeded && (target === null || target === undefined)) throw new TypeError(`${String(name)} is ${target}`);
  return on(receiver, target, name);
}

/**
 * The operations of `target`, which stands at `receiver[name]`, on that receiver; `target`
 * itself where it is no cached function, so that the call means what it says.
 */
export function on(receiver: unknown, target: unknown, name: PropertyKey): unknown {
  if (typeof target !== "function") return target;
  const cached = isCached(target) ? target : placed(receiver, name);
  const handle = cached && findHandle(cached);
  if (!handle) return target;
  return handle.bound ? target : new Operations(handle, receiver, []);
}

function isCached(target: Function): target is Cached {
  return isDeclaration(target) || Object.hasOwn(Object.getPrototypeOf(target) as object, handleKey);
}
