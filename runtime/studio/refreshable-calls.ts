import { wrap } from "../calls/cached-function";
import { type Work } from "../cache/observer";
import { type Plan } from "../plan";
import { type Loader } from "../user-code/loader";
import { BoundedMap } from "./bounded-map";

interface Call {
  readonly plan: Plan;
  readonly loader: Loader;
  /** Studio must not keep a receiver in memory only because it could call it. */
  readonly self: WeakRef<object> | { deref(): unknown };
  readonly args: readonly unknown[];
}

interface Refreshable {
  refresh(...args: readonly unknown[]): Promise<unknown>;
}

/** The number of calls whose arguments are kept. */
const mostCalls = 500;

/**
 * The calls whose keys were loaded last, so that a user of Studio can have one of them loaded
 * again.
 */
export class RefreshableCalls {
  readonly #calls = new BoundedMap<Call>(mostCalls);

  add({ plan, loads, loader, self }: Work): void {
    const receiver = isObject(self) ? new WeakRef(self) : { deref: () => self };
    for (const { key, missing } of loads.slice(0, mostCalls))
      this.#calls.set(key, {
        plan: plan as Plan,
        loader: loader as Loader,
        self: receiver,
        args: Array.from(missing.wanted.args),
      });
  }

  /**
   * Loads what is stored at the key again. Returns false if no such call is known any more, or if
   * its receiver is gone. Rejects with the loader's error.
   */
  async refresh(key: string): Promise<boolean> {
    const call = this.#calls.get(key);
    if (!call) return false;
    const { plan, loader, args } = call;
    const self = call.self.deref();
    if (call.self instanceof WeakRef && self === undefined) return false;
    const cached = wrap(() => plan, loader, undefined, self) as unknown as Refreshable;
    await cached.refresh(...argumentsOf(plan, args));
    return true;
  }
}

/** For a batch, the arguments of a call for this id alone, which begin with the id. */
function argumentsOf({ batch, rest }: Plan, args: readonly unknown[]): readonly unknown[] {
  if (!batch || rest) return args;
  const [id, ...further] = args;
  return [[id], ...further];
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
