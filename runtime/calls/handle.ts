import { ReceiverError } from "../errors";
import { type PlanSource } from "../plan";
import { type Loader } from "../user-code/loader";

/** What is known about a cached function. */
export interface Handle {
  readonly source: PlanSource;
  readonly loader: Loader;
  /** For a function that `bind` made, its receiver and first arguments. */
  readonly bound: { readonly self: unknown; readonly args: readonly unknown[] } | null;
  /** Emitted code gives the loader another name than the source does. */
  readonly isRenamed?: true;
}

// The symbols are the same for every copy of zcache in the process.
const handleKey = Symbol.for("zcache.handle.1");
const inquiryKey = Symbol.for("zcache.inquiry.1");

/**
 * A declaration keeps no handle, because a program may have thousands of them. When it is called
 * with the inquiry as its receiver, it answers with one. So does a proxy of it.
 */
interface Inquiry {
  answer: Handle | null;
}

const inquiry = ((globalThis as { [inquiryKey]?: Inquiry })[inquiryKey] ??= { answer: null });

export type Cached = Function & { readonly [handleKey]?: Handle };

/** Answers the inquiry if it is the receiver of a call. Returns whether it is. */
export function isInquiry(self: unknown, source: PlanSource, loader: Loader): boolean {
  if (self !== inquiry) return false;
  inquiry.answer = { source, loader, bound: null, isRenamed: true };
  return true;
}

/** The prototypes that declarations share. */
const sharedPrototypes = new WeakSet<object>();

/** Registers a prototype that declarations share. */
export function sharePrototype(prototype: object): object {
  sharedPrototypes.add(prototype);
  return prototype;
}

/**
 * Gives the function its handle, on a prototype of its own: it is not a key of the function, and a
 * proxy has it nevertheless.
 */
export function setHandle(target: Function, prototype: object, handle: Handle): Function {
  return Object.setPrototypeOf(target, { __proto__: prototype, [handleKey]: handle }) as Function;
}

export function isCached(target: Function): target is Cached {
  return isDeclaration(target) || Object.hasOwn(Object.getPrototypeOf(target) as object, handleKey);
}

/** Returns the handle, or throws a ReceiverError if the value is not a cached function. */
export function handleOf(target: Cached | undefined | null): Handle {
  if (target === undefined || target === null)
    throw new ReceiverError(
      "This operation was detached from its function. Instead of passing load.refresh on, write (id) => load.refresh(id).",
    );
  const handle = findHandle(target);
  if (handle) return handle;
  const name =
    typeof target === "function" && target.name !== "" ? `${target.name}, which` : "something that";
  throw new ReceiverError(
    `This operation was called on ${name} is not a cached function. If there is a @zcache comment above it, its file was built without zcache: npx zcache doctor shows what to add.`,
  );
}

/**
 * Finds an inherited handle too, because a function may be a proxy of a cached one, or derive from
 * it.
 */
export function findHandle(target: Cached): Handle | null {
  const handle = target[handleKey];
  if (handle) return handle;
  for (let one: unknown = target; typeof one === "function"; one = Object.getPrototypeOf(one))
    if (isDeclaration(one)) return inquire(one);
  return null;
}

function isDeclaration(target: Function): boolean {
  const prototype: unknown = Object.getPrototypeOf(target);
  return typeof prototype === "object" && prototype !== null && sharedPrototypes.has(prototype);
}

function inquire(target: Function): Handle | null {
  inquiry.answer = null;
  void Reflect.apply(target, inquiry, []);
  const { answer } = inquiry;
  inquiry.answer = null;
  return answer;
}
