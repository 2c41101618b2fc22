import { carryOver } from "./carry-over";
import { type Cached, findHandle, isCached } from "./handle";
import { wrap } from "./cached-function";
import { type Loader } from "../user-code/loader";
import { Operations } from "./operations";
import { type PlanSource } from "../plan";

/**
 * Cached functions of decorated methods, by the object and name that they were defined at, because
 * a decorator may hide them.
 */
const places = new WeakMap<object, Map<PropertyKey, Cached>>();

/**
 * Returns the innermost decorator of a decorated method, for legacy and standard decorators, so
 * that the others wrap the cached function.
 */
export function decorate(source: PlanSource) {
  return (target: object, context: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (!descriptor) {
      const cached = wrapDecorated(source, target as Loader);
      decorated.set(source, cached);
      return cached;
    }
    const cached = wrapDecorated(source, descriptor.value as Loader);
    setPlace(target, context as PropertyKey, cached);
    return { ...descriptor, value: cached };
  };
}

function wrapDecorated(source: PlanSource, loader: Loader): Function {
  const cached = wrap(source, loader);
  carryOver(loader, cached);
  return cached;
}

const decorated = new WeakMap<PlanSource, Function>();

/**
 * Records where the method is that a standard decorator made. Only the class knows that, after its
 * decorators have run.
 */
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
    // Private names are not properties, and private methods can't be replaced either.
    if (cached || Object.hasOwn(holder, name)) return cached;
  }
  return undefined;
}

/**
 * Returns the operations of the function at `receiver[name]`, on that receiver.
 * @param optional the receiver may be missing, as in `receiver?.name.refresh()`; then nothing is
 * done
 * @param isNeeded the member may not be missing, which the emitted call, a chain, would take for a
 * missing receiver
 */
export function at(
  receiver: object | null | undefined,
  name: PropertyKey,
  optional = false,
  isNeeded = false,
): unknown {
  if (optional && (receiver === null || receiver === undefined)) return undefined;
  const target = (receiver as Record<PropertyKey, unknown>)[name];
  if (isNeeded && (target === null || target === undefined))
    throw new TypeError(`${String(name)} is ${target}`);
  return on(receiver, target, name);
}

/**
 * Returns the operations of `target`, the value of `receiver[name]`, on that receiver. It returns
 * `target` itself if that is not a cached function, so that the call means what it says.
 */
export function on(receiver: unknown, target: unknown, name: PropertyKey): unknown {
  if (typeof target !== "function") return target;
  const cached = isCached(target) ? target : placed(receiver, name);
  const handle = cached && findHandle(cached);
  if (!handle) return target;
  return handle.bound ? target : new Operations(handle, receiver, []);
}
