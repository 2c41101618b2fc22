import test, { type ExecutionContext } from "ava";
import { SpanStatusCode } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { resetStats } from "../../../runtime";
import { reportStats, traceCalls } from "../../../runtime/observability/opentelemetry";
import {
  prometheusContentType,
  prometheusMetrics,
} from "../../../runtime/observability/prometheus";
import { createCache } from "../../support/cache";

// The file uses one registry and one channel for all its tests.
const serial = test.serial;

serial("OpenTelemetry: a span for each call, with what it found", async (t) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const cache = createCache(t);
  const f = cache.wrap({ name: "spans.f" }, async (id: number) => {
    if (id < 0) throw new Error("down");
    return id;
  });
  const many = cache.wrap({ name: "spans.many", batch: "array" }, async (ids: number[]) => ids);
  const end = traceCalls(provider.getTracer("test"));
  await f(1);
  await f(1);
  await many([1, 2]);
  await many([2, 3]);
  await t.throwsAsync(() => f(-1));
  end();
  await f(2);
  const spans = exporter.getFinishedSpans();
  t.deepEqual(
    spans.map(({ name, attributes }) => [
      name,
      attributes["zcache.keys"],
      attributes["zcache.loads"],
      attributes["zcache.hit"],
    ]),
    [
      ["cache spans.f", 1, 1, false],
      ["cache spans.f", 1, 0, true],
      ["cache spans.many", 2, 2, false],
      ["cache spans.many", 2, 1, false],
      ["cache spans.f", 1, 1, false],
    ],
  );
  t.deepEqual(spans[4]?.status, { code: SpanStatusCode.ERROR, message: "down" });
  t.is(spans[4]?.events[0]?.name, "exception");
  t.is(spans[0]?.attributes["zcache.function"], "spans.f");
});

serial("OpenTelemetry: the counters, by function", async (t) => {
  resetStats();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  t.teardown(() => provider.shutdown());
  const end = reportStats(provider.getMeter("test"));
  const f = createCache(t).wrap({ name: "meters.f" }, async (id: number) => id);
  await f(1);
  await f(1);
  await reader.forceFlush();
  const metrics = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const valueOf = (name: string) =>
    metrics
      .find(({ descriptor }) => descriptor.name === name)
      ?.dataPoints.find(({ attributes }) => attributes["zcache.function"] === "meters.f")?.value;
  t.deepEqual(
    [valueOf("zcache.lookups.hit"), valueOf("zcache.lookups.miss"), valueOf("zcache.loads")],
    [1, 1, 1],
  );
  end();
});

/** Makes a hundred verified hits without a difference, and one with a difference. */
async function verifySome(t: ExecutionContext): Promise<void> {
  resetStats();
  const cache = createCache(t, { verify: { share: 1, shareOfLoads: Infinity, mostAtOnce: 200 } });
  let row = "old";
  const fresh = cache.wrap({ name: "verified.fresh" }, async (id: number) => id);
  const stale = cache.wrap({ name: "verified.stale" }, async (_id: number) => row);
  const unverified = cache.wrap({ name: "verified.never", verify: 0 }, async (id: number) => id);
  for (let i = 0; i <= 100; i++) await fresh(1);
  for (let i = 0; i < 2; i++) await unverified(1);
  await stale(1);
  row = "new";
  await stale(1);
  await cache.clock.advance(60_000);
}

serial("OpenTelemetry: what verified hits say of stale reads", async (t) => {
  await verifySome(t);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  t.teardown(() => provider.shutdown());
  const end = reportStats(provider.getMeter("test"));
  await reader.forceFlush();
  const metrics = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const valueOf = (name: string, of: string) =>
    metrics
      .find(({ descriptor }) => descriptor.name === name)
      ?.dataPoints.find(({ attributes }) => attributes["zcache.function"] === of)?.value;
  t.deepEqual(
    [valueOf("zcache.verified", "verified.fresh"), valueOf("zcache.diverged", "verified.fresh")],
    [100, 0],
  );
  t.deepEqual(
    [valueOf("zcache.verified", "verified.stale"), valueOf("zcache.diverged", "verified.stale")],
    [1, 1],
  );
  const bound = valueOf("zcache.stale_reads.bound", "verified.fresh") as number;
  // This bound is the statistical rule of three.
  t.true(bound > 0.029 && bound < 0.03, String(bound));
  t.is(valueOf("zcache.stale_reads.bound", "verified.stale"), 1);
  t.true(
    Math.abs(
      (valueOf("zcache.fresh_reads.nines", "verified.fresh") as number) + Math.log10(bound),
    ) < 1e-9,
  );
  t.is(valueOf("zcache.stale_reads.bound", "verified.never"), undefined);
  end();
});

serial("Prometheus: what verified hits say of stale reads", async (t) => {
  await verifySome(t);
  const text = prometheusMetrics();
  t.true(text.includes('zcache_verified_total{function="verified.fresh"} 100\n'), text);
  t.true(text.includes('zcache_diverged_total{function="verified.fresh"} 0\n'));
  t.true(text.includes('zcache_diverged_total{function="verified.stale"} 1\n'));
  t.regex(
    text,
    /^zcache_stale_reads_bound\{function="verified\.fresh",confidence="0\.95"\} 0\.029\d*$/m,
  );
  t.regex(
    text,
    /^zcache_fresh_reads_nines\{function="verified\.fresh",confidence="0\.95"\} 1\.5\d*$/m,
  );
  t.regex(text, /^# TYPE zcache_stale_reads_bound gauge$/m);
  t.notRegex(text, /zcache_stale_reads_bound\{function="verified\.never"/);
});

serial("Prometheus: its text format, one series a function", async (t) => {
  resetStats();
  const cache = createCache(t, { measure: true });
  t.teardown(() => cache.configure({ measure: false }));
  const f = cache.wrap({ name: 'shop."f"\\' }, async (id: number) => id);
  await f(1);
  await f(1);
  const text = prometheusMetrics();
  const series = String.raw`function="shop.\"f\"\\"`;
  t.true(text.includes(`zcache_lookups_total{${series},outcome="hit"} 1\n`), text);
  t.true(text.includes(`zcache_loads_total{${series}} 1\n`));
  t.regex(text, /zcache_call_seconds\{.*,cached="true",quantile="0\.99"\} 0\.\d+\n/);
  t.true(text.includes(`zcache_call_seconds_count{${series},cached="false"} 1\n`));
  t.regex(prometheusContentType, /^text\/plain; version=0\.0\.4/);
  // Every line is a comment or a sample. Every metric is described before its samples, and only
  // once.
  const described = new Set<string>();
  for (const line of text.trimEnd().split("\n")) {
    const [, type] = /^# TYPE (\w+) (?:counter|summary)$/.exec(line) ?? [];
    if (type) {
      t.false(described.has(type), type);
      described.add(type);
    }
    if (line.startsWith("#")) continue;
    const [, name] = /^(\w+)\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\} [\d.e+-]+$/.exec(line) ?? [];
    t.truthy(name, line);
    t.true(described.has((name as string).replace(/_(sum|count)$/, "")), line);
  }
});
