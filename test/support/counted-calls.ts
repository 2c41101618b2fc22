import type { ExecutionContext } from "ava";
import { type Options, subscribe } from "../../runtime";
import { cacheNamed, configure } from "../../runtime/cache/configure";
import { wrap } from "../../runtime/calls/cached-function";
import type { Plan } from "../../runtime/plan";

/** A cached function of one number over a real store, whose calls are known to be hits or not. */
export interface CountedCalls {
  readonly f: {
    (id: number): Promise<number>;
    invalidate(id: number): Promise<void>;
  };
  /** The messages of the faults since the last time. */
  takeFaults(): string[];
  /** Calls the function, and returns whether the call was answered from the store. */
  isHit(id: number): Promise<boolean>;
}

/** Configures a cache that is named as the test is. */
export function countCalls(
  t: ExecutionContext,
  options: Options,
  plan: Partial<Plan> = {},
): CountedCalls {
  const cache = t.title;
  configure(cache, options);
  const faults: string[] = [];
  t.teardown(
    subscribe((event) => event.type === "fault" && faults.push(event.error.message), { cache }),
  );
  let loads = 0;
  const whole: Plan = { name: "f", key: { arguments: 1 }, ttlMs: 60_000, cache, ...plan };
  const f = wrap(
    () => whole,
    async () => ++loads,
    "f",
  ) as unknown as CountedCalls["f"];
  return {
    f,
    takeFaults: () => faults.splice(0),
    async isHit(id) {
      const before = loads;
      t.is(typeof (await f(id)), "number");
      await cacheNamed(cache).idle();
      return loads === before;
    },
  };
}
