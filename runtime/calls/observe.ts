import { type TracingChannel } from "node:diagnostics_channel";
import { keysOfBatch } from "./batch";
import { type BoundPlan } from "../loads/bound-plan";
import { type Account } from "../cache/counters";
import { applyLoader, type Loader } from "../user-code/loader";
import { registry } from "../cache/registry";
import { markFrames } from "../user-code/stacks";

/**
 * The message of the TracingChannel `zcache:call`, which sees every call of an annotated
 * function: `start`, `end`, `asyncStart`, `asyncEnd` and `error`, as Node documents them.
 */
export interface CallMessage {
  /** `module.Class.function` */
  readonly name: string;
  /** The complete keys: in a batch, one for each id. */
  readonly keys: readonly string[];
  /** How many of them had to be loaded, once that is known. */
  loads: number;
  /** Set by Node when the call has ended. */
  readonly result?: unknown;
  readonly error?: unknown;
}

/** How a call gets its value: as a promise, or as the value itself if that is available at once. */
export type Answer = (
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
) => unknown;

let channel: TracingChannel<unknown, CallMessage> | null = null;

/**
 * The channel is created by the first call, not on import. A listener uses a channel of the same
 * name.
 */
function calls(): TracingChannel<unknown, CallMessage> {
  if (channel) return channel;
  const { tracingChannel } =
    require("node:diagnostics_channel") as typeof import("node:diagnostics_channel");
  return (channel = tracingChannel("zcache:call"));
}

/** Whether anything traces or times this call. If nothing does, the call has no extra cost. */
export function isObserved(): boolean {
  return (
    (registry.timing && (registry.measuring || registry.observer?.draws() === true)) ||
    calls().hasSubscribers
  );
}

/** Whether only the observer looks at the calls. */
function isObserverAlone(): boolean {
  return !registry.measuring && !calls().hasSubscribers;
}

/**
 * Makes a call of the observer's sample. It does nothing but take the time, so that the time is
 * that of any other call.
 */
function sampled(
  bound: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
  answer: Answer,
  loader: Loader,
): unknown {
  let hasLoaded = false;
  const counting: Loader = function (...own) {
    hasLoaded = true;
    return applyLoader(loader, this, own);
  };
  const startedAt = performance.now();
  const report = (): void => {
    if (!hasLoaded) registry.observer?.answered(bound.plan.name, performance.now() - startedAt);
  };
  const answered = answer(bound, counting, self, args);
  if (answered instanceof Promise) answered.then(report, report);
  else report();
  return answered;
}

/** Makes a call that is timed and traced. */
export function observe(
  bound: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
  answer: Answer,
  loader: Loader,
): unknown {
  if (isObserverAlone()) return sampled(bound, self, args, answer, loader);
  const message: CallMessage = {
    name: bound.plan.name,
    keys: keysOfBatch(bound, self, args),
    loads: 0,
  };
  const counting: Loader = function (...own) {
    message.loads += bound.plan.batch ? countIds(bound, own) : 1;
    return applyLoader(loader, this, own);
  };
  const call = (): Promise<unknown> => Promise.resolve(answer(bound, counting, self, args));
  const traced = (): Promise<unknown> =>
    calls().hasSubscribers ? calls().tracePromise(call, message) : call();
  return registry.timing ? timed(bound.account, message, traced) : traced();
}

function countIds({ plan }: BoundPlan, args: readonly unknown[]): number {
  return plan.rest ? args.length : (args[0] as readonly unknown[]).length;
}

function createLatencies(): NonNullable<Account["latencies"]> {
  const { createHistogram } = require("node:perf_hooks") as typeof import("node:perf_hooks");
  return { cached: createHistogram({ figures: 2 }), loaded: createHistogram({ figures: 2 }) };
}

async function timed(
  account: Account,
  message: CallMessage,
  call: () => Promise<unknown>,
): Promise<unknown> {
  const startedAt = process.hrtime.bigint();
  try {
    return await call();
  } finally {
    const took = process.hrtime.bigint() - startedAt;
    const isCached = message.loads === 0;
    if (isCached) registry.observer?.answered(message.name, Number(took) / 1e6);
    if (registry.measuring) {
      account.latencies ??= createLatencies();
      account.latencies[isCached ? "cached" : "loaded"].record(took);
    }
  }
}

markFrames(timed);
