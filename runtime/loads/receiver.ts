/**
 * A default key contains the arguments and the class that declares the method. The result of an
 * inherited method also depends on the class of its receiver: on the methods that it overrides, and
 * on what its constructor passes to the base class. So the key of such a call contains that class
 * as well, under the name that the declaring file registers. If the class has no name, the call is
 * not cached, because its entries could not be distinguished from those of another class.
 */
import { type BoundPlan, bindClass, isStoreShared, type Receivers } from "./bound-plan";
import { recordUnknownReceiver } from "./record";
import { ReceiverError } from "../errors";
import { classNameMember, namelessStart } from "../plan";
import { warnOf } from "../user-code/thrown";

/**
 * Returns the bound plan for calls on that receiver, or null if they can't be cached, which has
 * then been reported.
 */
export function boundTo(bound: BoundPlan, self: unknown): BoundPlan | null {
  const found = bound.isShared ? null : boundByReceiver(bound, self);
  if (!found) reportUncached(bound, self);
  return found;
}

function boundByReceiver(bound: BoundPlan, self: unknown): BoundPlan | null {
  if (bound.plan.literal) return ofLiteral(bound, self);
  return bound.plan.class === undefined ? bound : ofClass(bound, self);
}

function ofClass(bound: BoundPlan, self: unknown): BoundPlan | null {
  const holder: unknown =
    typeof self === "object" && self !== null ? Object.getPrototypeOf(self) : self;
  const receivers = bound.receivers as Receivers;
  if (holder === receivers.last) return receivers.lastBound;
  if ((typeof holder !== "object" && typeof holder !== "function") || holder === null) return null;
  let found = receivers.byHolder.get(holder);
  if (found === undefined)
    receivers.byHolder.set(holder, (found = lookUp(bound, receivers, holder)));
  receivers.last = holder;
  return (receivers.lastBound = found);
}

function lookUp(bound: BoundPlan, { byClass }: Receivers, holder: object): BoundPlan | null {
  const name = classNameOf(holder);
  if (name === null) return null;
  if (name === bound.plan.class) return bound;
  if (name.startsWith(namelessStart) && isStoreShared(bound.cache)) return null;
  let found = byClass.get(name);
  if (!found) byClass.set(name, (found = bindClass(bound, name)));
  return found;
}

/** The name is an own member, because a class that inherits it is another class. */
function classNameOf(holder: object): string | null {
  const own: unknown = typeof holder === "function" ? holder : ownValue(holder, "constructor");
  if (typeof own !== "function" || (own !== holder && own.prototype !== holder)) return null;
  const member = ownValue(own, classNameMember);
  const name: unknown = typeof member === "function" ? member.call(own) : null;
  return typeof name === "string" ? name : null;
}

function ownValue(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

const literals = new WeakSet<object>();

/**
 * A call of it is emitted around an object literal whose cached functions read `this`, because a
 * copy of the literal is another receiver.
 */
export function literal<T extends object>(written: T): T {
  literals.add(written);
  return written;
}

function ofLiteral(bound: BoundPlan, self: unknown): BoundPlan | null {
  return typeof self === "object" && self !== null && literals.has(self) ? bound : null;
}

const warned = new Set<string>();

function reportUncached(bound: BoundPlan, self: unknown): void {
  const { plan } = bound;
  const error = new ReceiverError(describe(bound, self));
  recordUnknownReceiver(bound, error);
  if (warned.has(plan.name)) return;
  warned.add(plan.name);
  warnOf(error.message, "ZcacheReceiverWarning");
}

function describe({ plan, isShared }: BoundPlan, self: unknown): string {
  if (isShared)
    return `${plan.name} is not cached: its default key doesn't begin with the name of a package, because no package.json has one, and other programs on the same store may have the same key. Give package.json a "name", set "namespace" in the plugin entry or in configure, or give the function a key.`;
  const key = `Give ${plan.name} a key that distinguishes its receivers, such as key: "…:{this.name}:{id}".`;
  if (self === undefined || self === null)
    return `${plan.name} reads "this" and is called without it, so that the call is not cached. Call it as a method.`;
  if (plan.literal)
    return `${plan.name} reads "this", and is called on an object other than the literal that it is written in (a copy, or one that inherits from it), so that the call is not cached: the two could share entries. ${key}`;
  return `${plan.name} reads "this", and is called on an object whose class zcache doesn't know (${describeClass(self)}), so the call is not cached: two classes could share entries. A class is known if it has a name and is declared at the top level of a file that zcache compiles. ${key}`;
}

function describeClass(self: unknown): string {
  const holder: unknown = typeof self === "function" ? self : (self as object).constructor;
  const name: unknown = typeof holder === "function" ? holder.name : "";
  return typeof name === "string" && name !== "" ? `its name is now ${name}` : "it has no name";
}
