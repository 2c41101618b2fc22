/**
 * `zcache/opentelemetry` makes a span for every call of an annotated function, and reports its
 * counters as metrics.
 * It uses the tracer and the meter that it is given, so that zcache needs no OpenTelemetry package.
 */
import { tracingChannel } from "node:diagnostics_channel";
import { type CallMessage } from "../calls/observe";
import { hasMethods, show } from "../check-options";
import { ConfigError, type FunctionStats, stats } from "../index";
import { asError, messageOf, callListener } from "../user-code/thrown";

type Attributes = Record<string, string | number | boolean>;

/** The parts in use of a span of `@opentelemetry/api` 1. */
export interface SpanLike {
  setAttributes(attributes: Attributes): unknown;
  recordException(error: Error | string): void;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** The parts in use of a tracer of `@opentelemetry/api` 1. */
export interface TracerLike {
  startSpan(name: string, options?: { attributes?: Attributes }): SpanLike;
}

/** The parts in use of a meter of `@opentelemetry/api` 1. */
export interface MeterLike {
  createObservableCounter(
    name: string,
    options?: { description?: string; unit?: string },
  ): ObservableLike;
  createObservableGauge?(
    name: string,
    options?: { description?: string; unit?: string },
  ): ObservableLike;
}

export interface ObservableLike {
  addCallback(callback: ObserveLike): void;
  removeCallback(callback: ObserveLike): void;
}

export type ObserveLike = (result: {
  observe(value: number, attributes?: Attributes): void;
}) => void;

/** `SpanStatusCode.ERROR` */
const failed = 2;
const channel = tracingChannel<unknown, CallMessage>("zcache:call");

/**
 * Makes a span named `cache <function>` for every call, with the attributes `zcache.function`,
 * `zcache.keys` (how many), `zcache.loads` (how many of them had to be loaded) and `zcache.hit`.
 * Its parent is the span that is active where the function is called.
 *
 * @returns a function that ends the tracing
 * @throws ConfigError for what is not a tracer
 * @example traceCalls(trace.getTracer("zcache"))
 */
export function traceCalls(tracer: TracerLike): () => void {
  if (!hasMethods(tracer, ["startSpan"]))
    throw new ConfigError(
      `traceCalls takes a tracer, such as trace.getTracer("zcache"), but got: ${show(tracer)}.`,
    );
  const spans = new WeakMap<object, SpanLike>();
  const subscribers = {
    start: safely((message) => {
      const attributes = { "zcache.function": message.name, "zcache.keys": message.keys.length };
      spans.set(message, tracer.startSpan(`cache ${message.name}`, { attributes }));
    }),
    end(): void {},
    asyncStart(): void {},
    asyncEnd: safely((message) => {
      const span = spans.get(message);
      span?.setAttributes({
        "zcache.loads": message.loads,
        "zcache.hit": message.loads === 0 && !message.error,
      });
      span?.end();
    }),
    error: safely((message) => {
      const span = spans.get(message);
      span?.recordException(asError(message.error));
      span?.setStatus({ code: failed, message: messageOf(message.error) });
    }),
  };
  channel.subscribe(subscribers);
  return () => channel.unsubscribe(subscribers);
}

/**
 * Catches exceptions, because Node rethrows a subscriber's exception in a tick of its own, where it
 * ends the process.
 */
function safely(publish: (message: CallMessage) => void): (message: CallMessage) => void {
  return (message) => callListener(() => publish(message));
}

const metrics = [
  ["zcache.lookups.hit", "hit", "Lookups that found a fresh entry"],
  ["zcache.lookups.stale", "stale", "Lookups that were served stale"],
  ["zcache.lookups.miss", "miss", "Lookups that found nothing usable"],
  ["zcache.shared", "share", "Calls that got the value of another's load"],
  ["zcache.loads", "load", "Runs of the function itself, by key"],
  ["zcache.load_errors", "error", "Runs that failed or were too late"],
  ["zcache.stored", "store", "Values stored"],
  ["zcache.dropped", "drop", "Values invalidated while they were loaded"],
  ["zcache.verified", "verified", "Hits that were compared with what the function returns"],
  ["zcache.diverged", "diverged", "Those of them that differed, and still did after a lag"],
  ["zcache.unusable", "unusable", "Stored bytes or values that could not be used"],
] as const satisfies readonly (readonly [string, keyof FunctionStats, string])[];

const gauges = [
  [
    "zcache.stale_reads.bound",
    "staleBound",
    "The rate of stale reads is below this, with a confidence of 95 %",
  ],
  ["zcache.fresh_reads.nines", "freshNines", "The same bound as a number of nines of fresh reads"],
] as const satisfies readonly (readonly [string, keyof FunctionStats, string])[];

/**
 * Reports the counters of `stats()` as observable counters, and the results of verified hits as
 * gauges of stale reads, with the attribute `zcache.function`.
 *
 * @returns a function that ends the reports
 * @throws ConfigError for what is not a meter
 * @example reportStats(metrics.getMeter("zcache"))
 */
export function reportStats(meter: MeterLike): () => void {
  if (!hasMethods(meter, ["createObservableCounter"]))
    throw new ConfigError(
      `reportStats takes a meter, such as metrics.getMeter("zcache"), but got: ${show(meter)}.`,
    );
  const ends = [
    ...metrics.map(([name, counter, description]) =>
      observe(meter.createObservableCounter(name, { description }), (one) => one[counter]),
    ),
    ...gauges.flatMap(([name, gauge, description]) => {
      const observable = meter.createObservableGauge?.(name, { description });
      return observable ? observe(observable, (one) => one[gauge]) : [];
    }),
  ];
  return () => ends.forEach((end) => end());
}

/** @param read returns the value to observe for a function, or null if there is none */
function observe(
  observable: ObservableLike,
  read: (one: FunctionStats) => number | null,
): () => void {
  const callback: ObserveLike = (result) => {
    for (const [owner, one] of Object.entries(stats().functions)) {
      const value = read(one);
      if (value !== null) result.observe(value, { "zcache.function": owner });
    }
  };
  observable.addCallback(callback);
  return () => observable.removeCallback(callback);
}
