import { ConfigError } from "../errors";
import { call, callPlain } from "./call";
import { nameInSource } from "./emitted-name";
import { type Handle } from "./handle";
import { isAsync, type Loader } from "../user-code/loader";
import { equip, prototypeFor } from "./operations";
import { type PlanSource } from "../plan";
import { planOf } from "../loads/bound-plan";
import { isDisabledByEnvironment, registry } from "../cache/registry";
import { markCompiled } from "../cache/uncompiled";

/** Makes a hoisted function, which calls `call` or `callPlain`, a cached one. */
export function attach(
  declaration: Function,
  _source: PlanSource,
  loader: Loader,
  name = declaration.name,
): Function {
  shape(declaration, loader, name);
  markCompiled();
  return Object.setPrototypeOf(declaration, prototypeFor(declaration)) as Function;
}

function shape(wrapper: Function, loader: Loader, name: string): void {
  // Declarations already have the right name and length. Defining them again would only take
  // memory.
  if (wrapper.name !== name)
    Object.defineProperty(wrapper, "name", { value: name, configurable: true });
  const { length } = loader;
  if (wrapper.length !== length)
    Object.defineProperty(wrapper, "length", { value: length, configurable: true });
}

/**
 * Makes a cached function around a loader that no other code can call. It is of the loader's kind:
 * async or not, with a `prototype`, so that it can be constructed, or without one.
 * @param given the loader, or an object whose only property it is, which gives it its name
 * @param self the receiver, of an arrow function whose key depends on its `this`
 */
export function wrap(
  source: PlanSource,
  given: Loader | Readonly<Record<string, Loader>>,
  name?: string,
  self?: unknown,
): Function {
  const loader = typeof given === "function" ? given : (Object.values(given)[0] as Loader);
  const bound = self === undefined ? null : { self, args: [] };
  return wrapLoader({ source, loader, bound }, name ?? loader.name);
}

function wrapLoader(handle: Handle, name: string): Function {
  const { source, loader, bound } = handle;
  // If the cache is disabled for as long as the process runs, the function itself is used.
  const isPlain = !registry.enabled && isDisabledByEnvironment();
  const wrapper = isPlain ? loader : createWrapper(source, loader, bound?.self);
  shape(wrapper, loader, name);
  return equip(wrapper, handle);
}

function createWrapper(source: PlanSource, loader: Loader, self: unknown): Function {
  if (isAsync(loader))
    return async function (this: unknown): Promise<unknown> {
      return call(source, loader, self === undefined ? this : self, arguments);
    };
  if (Object.hasOwn(loader, "prototype"))
    return function (this: unknown): unknown {
      return callPlain(source, loader, self === undefined ? this : self, arguments, new.target);
    };
  // A method is the only kind of function that isn't async and has a `this` but no prototype.
  const { method } = {
    method(this: unknown): unknown {
      return callPlain(source, loader, self === undefined ? this : self, arguments, undefined);
    },
  };
  return method;
}

/** Replaces a class's own method by a cached function. */
export function method(source: PlanSource, holder: object, name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  if (!descriptor)
    throw new ConfigError(
      `${planOf(source).name} is annotated, but there is no method "${name}" when the program runs: a bundler has renamed it (mangle-props). Exclude the names of annotated methods from that.`,
    );
  Object.defineProperty(holder, name, {
    ...descriptor,
    value: wrap(source, descriptor.value as Loader),
  });
}

/** Replaces the methods of an object literal, and returns the object. */
export function object<T extends object>(
  literal: T,
  methods: readonly (readonly [name: string, source: PlanSource])[],
): T {
  for (const [name, source] of methods) method(source, literal, name);
  return literal;
}

const privateMethods = new WeakMap<Loader, Function>();

/**
 * Returns the cached function of a private method, the same one at every access, because private
 * methods can't be replaced. Its name is the one that the compiler gave it.
 */
export function privateMethod(source: PlanSource, loader: Loader): Function {
  let cached = privateMethods.get(loader);
  if (!cached) {
    const handle: Handle = { source, loader, bound: null, isRenamed: true };
    cached = wrapLoader(handle, nameInSource(loader.name));
    privateMethods.set(loader, cached);
  }
  return cached;
}
