import { keysOf, readOnlyBatch, readThroughBatch } from "./batch";
import { type BoundPlan, boundPlan, planOf } from "./bound-plan";
import { asError } from "./cache";
import { CacheMissError, ReceiverError } from "./errors";
import { note } from "./counters";
import { type Loader } from "./loader";
import { type Answer, isObserved, observe } from "./observe";
import { type Plan, type PlanSource } from "./plan";
import { readOnly, readThrough } from "./read-through";
import { boundTo } from "./receiver";
import { refresh } from "./refresh";
import { registry } from "./registry";
import { type Control, controlOf } from "./with-cache";

/** What is known of a cached function, and kept on it. */
interface Handle {
  readonly source: PlanSource;
  readonly loader: Loader;
  /** Of a function that `bind` made: its receiver and first arguments. */
  readonly bound: { readonly self: unknown; readonly args: readonly unknown[] } | null;
}

// Found on functions of every copy of zcache in the process.
const handleKey = Symbol.for("zcache.handle.1");

type Cached = Function & { readonly [handleKey]?: Handle };

/** A call of an annotated function. Nothing is thrown: what goes wrong is a rejection, as from an async function. */
export function call(source: PlanSource, loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  if (!registry.enabled) return loader.apply(self, args as unknown[]);
  const mode = registry.control === null ? undefined : controlOf()?.mode;
  if (mode === "bypass") return loader.apply(self, args as unknown[]);
  try {
    let bound: BoundPlan | null = boundPlan(source);
    if (!bound.isNamed) nameLoader(bound, loader);
    if (bound.receivers !== null && (bound = boundTo(bound, self)) === null)
      return callUncached(source, loader, self, args, mode);
    const answer = mode === undefined ? readingOf(bound) : answers[mode](bound);
    return isObserved() ? observe(bound, self, args, answer, loader) : answer(bound, loader, self, args);
  } catch (error) {
    return Promise.reject(asError(error));
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
  return loader.apply(self, args as unknown[]);
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
  refresh: () => refresh,
  only: ({ plan }) => (plan.batch ? readOnlyBatch : readOnly),
} as const satisfies Record<string, (bound: BoundPlan) => Answer>;

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
    if (!registry.enabled) return this.nocache(...args);
    const bound = this.#bound();
    return bound ? refresh(bound, loader, this.#self, [...this.#first, ...args]) : this.nocache(...args);
  }

  async nocache(...args: unknown[]): Promise<unknown> {
    nameLoader({ plan: planOf(this.#handle.source) }, this.#handle.loader);
    return this.#handle.loader.apply(this.#self, [...this.#first, ...args]);
  }

  async invalidate(...args: unknown[]): Promise<void> {
    const bound = this.#bound();
    // Nothing is stored of calls that aren't cached.
    if (!bound) return;
    const keys = this.keys(...args);
    await bound.cache.invalidateKeys(keys);
    for (const key of keys) note(bound, "invalidate", key);
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
    await boundPlan(this.#handle.source).cache.invalidateTag(tag);
  }
}

/** Between cached functions and Function.prototype: what every cached function can do. */
const cachedFunctionPrototype = Object.setPrototypeOf(
  {
    // Libraries ask this to tell whether a function takes a callback. These return a promise, as an async function does.
    [Symbol.toStringTag]: "AsyncFunction",
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
  },
  Function.prototype,
) as object;

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

/** Found by inheritance too: a function may be a proxy of, or derive from, a cached one. */
function handleOf(target: Cached): Handle {
  const handle = target[handleKey];
  if (handle) return handle;
  throw new ReceiverError("This operation was called on something that is no cached function.");
}

/**
 * Makes `wrapper` a cached function, with the name and length of its loader.
 * @param self the receiver, of an arrow function whose templates read `this`
 */
export function attach(
  wrapper: Function,
  source: PlanSource,
  loader: Loader,
  name = wrapper.name,
  self?: unknown,
): Function {
  // Where they are right already, as they are in declarations, defining them again would only take memory.
  if (wrapper.name !== name) Object.defineProperty(wrapper, "name", { value: name, configurable: true });
  const { length } = loader;
  if (wrapper.length !== length) Object.defineProperty(wrapper, "length", { value: length, configurable: true });
  return equip(wrapper, { source, loader, bound: self === undefined ? null : { self, args: [] } });
}

function equip(target: Function, handle: Handle): Function {
  Object.defineProperty(target, handleKey, { value: handle, configurable: true });
  return Object.setPrototypeOf(target, cachedFunctionPrototype) as Function;
}

/** A cached function around a loader that nobody else can call. */
export function wrap(source: PlanSource, loader: Loader, name = loader.name, self?: unknown): Function {
  function wrapper(this: unknown): unknown {
    return call(source, loader, self === undefined ? this : self, arguments);
  }
  return attach(wrapper, source, loader, name, self);
}

/** Puts a cached function in the place of a class's own method. */
export function method(source: PlanSource, holder: object, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name) as PropertyDescriptor;
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
 * @param optional the call is `receiver?.name.refresh()`: nothing is done where there is no receiver
 * @param memberOptional the call is `receiver?.name?.refresh()`: nor where the receiver has no such member
 */
export function at(
  receiver: object | null | undefined,
  name: PropertyKey,
  optional = false,
  memberOptional = false,
): unknown {
  if (optional && (receiver === null || receiver === undefined)) return undefined;
  const target = (receiver as Record<PropertyKey, unknown>)[name];
  // The emitted call is a chain, which would take this for a missing receiver.
  if (optional && !memberOptional && (target === null || target === undefined))
    throw new TypeError(`${String(name)} is ${target}`);
  return on(receiver, target, name);
}

/**
 * The operations of `target`, which stands at `receiver[name]`, on that receiver; `target`
 * itself where it is no cached function, so that the call means what it says.
 */
export function on(receiver: unknown, target: unknown, name: PropertyKey): unknown {
  if (typeof target !== "function") return target;
  const cached = isCached(target) ? target : placed(receiver, name);
  const handle = cached?.[handleKey];
  if (!handle) return target;
  return handle.bound ? target : new Operations(handle, receiver, []);
}

function isCached(target: Function): target is Cached {
  return Object.hasOwn(target, handleKey);
}
