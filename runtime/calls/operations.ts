import { keysOfBatch } from "./batch";
import { type BoundPlan, boundPlan, planOf } from "../loads/bound-plan";
import { nameLoader, textOf, textOfLoader } from "./emitted-name";
import { ReceiverError } from "../errors";
import {
  type Cached,
  findHandle,
  type Handle,
  handleOf,
  setHandle,
  sharePrototype,
} from "./handle";
import { asyncFunctionPrototype, isAsync } from "../user-code/loader";
import { boundTo } from "../loads/receiver";
import { refresh } from "./refresh";
import { registry } from "../cache/registry";
import { markCompiled } from "../cache/uncompiled";
import { markFrames } from "../user-code/stacks";
import { invalidateKeys, invalidateTag } from "../transactions/invalidate";
import { refreshInScope } from "./scoped-reads";
import { openScope, scopes } from "../transactions/scope";

/** The operations of a cached function on one receiver. */
export class Operations {
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
      return (isInScope ? refreshInScope : refresh)(bound, loader, this.#self, [
        ...this.#first,
        ...args,
      ]);
    }
    // Other processes may be caching. Their entries are deleted when the new value is known,
    // together with the leases of the loads that they have under way, so that nothing that was
    // loaded before this call remains.
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
    // Nothing is stored for calls that aren't cached.
    if (bound) await invalidateKeys(bound, this.keys(...args));
  }

  /** Returns the complete keys of a call. A batch has one for each id. */
  keys(...args: unknown[]): string[] {
    const bound = this.#bound();
    return bound ? keysOfBatch(bound, this.#self, [...this.#first, ...args]) : [];
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
  /** Returns a bound copy, which is cached too and whose operations know their receiver. */
  bind(this: Cached, self: unknown, ...args: unknown[]): Function {
    const copy = Function.prototype.bind.call(this, self, ...args) as Function;
    const handle = handleOf(this);
    // Binding once more doesn't change the receiver, but adds arguments.
    const bound = {
      self: handle.bound ? handle.bound.self : self,
      args: [...(handle.bound?.args ?? []), ...args],
    };
    return equip(copy, { ...handle, bound });
  },
  /**
   * Returns the text of the function that the source has, because programs send it elsewhere or
   * read its parameters.
   */
  toString(this: Cached): string {
    const text = textOf(this);
    // Functions that `bind` makes, and proxies, have the text of a function that isn't written in
    // JavaScript.
    const handle = text.endsWith("{ [native code] }") ? null : findHandle(this);
    return handle ? textOfLoader(handle) : text;
  },
};

markFrames(
  Operations.prototype.refresh,
  Operations.prototype.nocache,
  operations.refresh,
  operations.nocache,
);

/**
 * The prototypes of cached functions. They are between the function and the prototype of the
 * function that it replaces.
 */
const cachedPrototypes = {
  async: createCachedPrototype(asyncFunctionPrototype),
  plain: createCachedPrototype(Function.prototype),
};

function createCachedPrototype(prototype: object): object {
  const members = Object.getOwnPropertyDescriptors(operations);
  // As with the members of Function.prototype, no `for … in` over a function shows them.
  for (const descriptor of Object.values(members)) descriptor.enumerable = false;
  return sharePrototype(Object.create(prototype, members) as object);
}

export function prototypeFor(target: Function): object {
  return isAsync(target) ? cachedPrototypes.async : cachedPrototypes.plain;
}

/** Makes the function a cached one that has a handle of its own. */
export function equip(target: Function, handle: Handle): Function {
  markCompiled();
  return setHandle(target, prototypeFor(target), handle);
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

/**
 * Returns the complete keys of a call of a function without a receiver, or of one that `bind` made.
 */
export function keysOfCall(target: Function, args: readonly unknown[]): string[] {
  const handle = handleOf(target);
  const { self, args: first } = handle.bound ?? { self: undefined, args: [] };
  return new Operations(handle, self, first).keys(...args);
}
