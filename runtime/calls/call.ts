import { readOnlyBatch, readThroughBatch } from "./batch";
import { type BoundPlan, boundPlan, planOf } from "../loads/bound-plan";
import { CacheMissError } from "../errors";
import { type Control } from "../cache/control";
import { isAsync, type Loader } from "../user-code/loader";
import { nameLoader } from "./emitted-name";
import { isInquiry } from "./handle";
import { type Answer, isObserved, observe } from "./observe";
import { type PlanSource } from "../plan";
import { readOnly, readThrough } from "./read-through";
import { boundTo } from "../loads/receiver";
import { refreshInCall } from "./refresh";
import { registry } from "../cache/registry";
import { addCallers, markEntries, markFrames } from "../user-code/stacks";
import { asError } from "../user-code/thrown";
import { readInScope, readOnlyInScope, refreshInScope } from "./scoped-reads";
import { openScope, scopes } from "../transactions/scope";
import { controlOf, controls } from "./with-cache";
import { verified } from "./verified-calls";

/**
 * Carries out a call of an annotated async function, whose cached function is async too. It returns
 * a promise, or the value itself if nothing has to be waited for, because an async function makes a
 * promise of its own anyway. It never throws: a failure is a rejection.
 */
export function call(
  source: PlanSource,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): unknown {
  if (isInquiry(self, source, loader)) return undefined;
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
    const own =
      bound.verify !== 0 && mode === undefined && !isInScope
        ? verified(bound, loader, self, args)
        : loader;
    return isObserved() ? observe(bound, self, args, answer, own) : answer(bound, own, self, args);
  } catch (error) {
    return Promise.reject(asError(error));
  }
}

/**
 * Carries out a call of a function that returns a promise without being async. If nothing is
 * cached, its result or exception is left as it is.
 * @param constructed the function's own `new.target`. What `new` makes is not the result of a
 * call, so it is never cached.
 */
export function callPlain(
  source: PlanSource,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
  constructed: Function | undefined,
): unknown {
  if (constructed !== undefined) return Reflect.construct(loader, args, constructed);
  if (isInquiry(self, source, loader)) return undefined;
  if (!registry.enabled) return run(source, loader, self, args);
  if (controls.storage !== null && controlOf()?.mode === "bypass")
    return run(source, loader, self, args);
  const answer = call(source, loader, self, args);
  return answer instanceof Promise ? answer : Promise.resolve(answer);
}

/**
 * Runs the loader itself, under the function's name, which it has not been given without the cache.
 */
function run(source: PlanSource, loader: Loader, self: unknown, args: ArrayLike<unknown>): unknown {
  if (loader.name.includes("_loader")) nameLoader({ plan: planOf(source) }, loader);
  if (isAsync(loader)) return runAsync(loader, self, args);
  try {
    return loader.apply(self, args as unknown[]);
  } catch (error) {
    throw addCallers(error);
  }
}

/**
 * Awaits the loader, because the stack would lose its callers if it failed before V8 knows which
 * promise they wait for.
 */
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

function readingOf({ plan }: BoundPlan): Answer {
  return plan.batch ? readThroughBatch : readThrough;
}

/** How a call is answered, by the mode of a `withCache` above it. */
const answers = {
  refresh: () => refreshInCall,
  only: ({ plan }) => (plan.batch ? readOnlyBatch : readOnly),
} as const satisfies Record<string, (bound: BoundPlan) => Answer>;

/** How a call is answered in the async context of a transaction. */
const scopedAnswers = {
  read: readInScope,
  refresh: refreshInScope,
  only: readOnlyInScope,
} as const satisfies Record<string, Answer>;

markEntries(call, callPlain);
markFrames(run, runAsync);
