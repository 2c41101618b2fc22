import test from "ava";
import { type FunctionReport, type MissReason } from "../../../runtime/studio/report";
import { adviseOn, type Evidence } from "../../../studio/server/advice";
import { figuresOf, sumOf } from "../../../studio/server/history";
import { functionReport } from "./support/report";
import { locked } from "./support/served";

function evidence(report: FunctionReport, more: Partial<Evidence> = {}): Evidence {
  return {
    figures: figuresOf(sumOf([report])),
    span: "in 5 minutes",
    reports: [report],
    locked: locked("shop.find"),
    misses: [],
    ...more,
  };
}

const textsOf = (given: Evidence): string[] => adviseOn(given).map(({ text }) => text);
const because = (reason: MissReason, n: number): Partial<FunctionReport> => ({
  missReasons: { [reason]: n },
});

test("a function that does what a cache is for gets no advice", (t) => {
  t.deepEqual(
    textsOf(evidence(functionReport("f", { hit: 900, miss: 100, load: 100, store: 100 }))),
    [],
  );
});

test("there is no advice for few calls", (t) => {
  t.deepEqual(textsOf(evidence(functionReport("f", { miss: 19, load: 19 }))), []);
});

test("never hit: the argument that differs in each key is named", (t) => {
  const misses = Array.from({ length: 60 }, (_, i) => ({
    at: i,
    name: "shop.find",
    key: `shop.find|${i % 3}-req${i}`,
    reason: "absent" as const,
    tag: null,
    detail: null,
    process: "a",
  }));
  const report = functionReport(
    "f",
    { miss: 60, load: 60 },
    { keys: 60, ...because("absent", 60) },
  );
  const [advice] = adviseOn(
    evidence(report, { misses, locked: locked("shop.find", { parameters: ["id", "requestId"] }) }),
  );
  t.is(advice?.grade, "problem");
  t.regex(
    advice?.text ?? "",
    /^Never hit: nearly each call has a key of its own: each has another requestId\./,
  );
  t.is(advice?.basis, "0 hits in 60 calls in 5 minutes, 60 different keys seen");
});

test("never hit: if all arguments differ, none is blamed", (t) => {
  const misses = Array.from({ length: 60 }, (_, i) => ({
    at: i,
    name: "shop.find",
    key: `shop.find|${i}-req${i}`,
    reason: "absent" as const,
    tag: null,
    detail: null,
    process: "a",
  }));
  const report = functionReport("f", { miss: 60 }, { keys: 60 });
  t.regex(
    textsOf(evidence(report, { misses }))[0] ?? "",
    /^Never hit: nearly each call has a key of its own\.$/,
  );
});

test("seldom hit: the commonest reason is named", (t) => {
  const counts = { hit: 30, miss: 70, load: 70, store: 70 };
  const of = (reason: MissReason): string =>
    textsOf(evidence(functionReport("f", counts, { keys: 10, ...because(reason, 70) })))[0] ?? "";
  t.regex(of("expired"), /too old .* longer ttl/);
  t.regex(of("leased"), /another process/);
  t.regex(of("unreadable"), /can't be read/);
  t.regex(of("absent"), /expire, are invalidated by their key, or are evicted/);
});

test("seldom hit: the tag that invalidates its entries is named", (t) => {
  const misses = Array.from({ length: 70 }, (_, i) => ({
    at: i,
    name: "shop.find",
    key: "shop.find|1",
    reason: "tag" as const,
    tag: i % 5 === 0 ? "stock" : "prices",
    detail: null,
    process: "a",
  }));
  const report = functionReport("f", { hit: 30, miss: 70 }, { keys: 10, ...because("tag", 70) });
  t.regex(textsOf(evidence(report, { misses }))[0] ?? "", /invalidations of the tag prices/);
});

test("loads that give what was stored before", (t) => {
  const report = functionReport(
    "f",
    { hit: 900, miss: 400, load: 400 },
    { reloads: { same: 399, changed: 1 }, missReasons: { expired: 400 } },
  );
  const [advice] = adviseOn(evidence(report, { locked: locked("shop.find", { ttl: "10s" }) }));
  t.regex(advice?.text ?? "", /longer ttl.*Its ttl is 10s/);
  t.is(advice?.basis, "the result changed in 1 of 400 repeated loads");
});

test("loads after invalidations that changed nothing", (t) => {
  const counts = { hit: 900, miss: 400, load: 400 };
  const report = functionReport("f", counts, {
    reloads: { same: 399, changed: 1 },
    missReasons: { tag: 300, absent: 100 },
  });
  const miss = {
    at: 1,
    name: "shop.find",
    key: "k",
    reason: "tag",
    tag: "prices",
    detail: null,
    process: "a",
  } as const;
  const [advice] = adviseOn(evidence(report, { misses: [miss] }));
  t.regex(advice?.text ?? "", /mostly after invalidations of the tag prices\. A narrower tag/);
});

test("seldom hit: most misses are of new keys", (t) => {
  const misses = Array.from({ length: 60 }, (_, i) => ({
    at: i,
    name: "shop.find",
    key: `shop.find|"shoe"-r${i}`,
    reason: "absent" as const,
    tag: null,
    detail: null,
    process: "a",
  }));
  const report = functionReport(
    "f",
    { hit: 58, miss: 60, load: 60 },
    { keys: 59, ...because("absent", 60) },
  );
  const given = evidence(report, {
    misses,
    locked: locked("shop.find", { parameters: ["text", "requestId"] }),
  });
  t.regex(
    textsOf(given)[0] ?? "",
    /^Seldom hit \(49 %\): nearly each miss is the first call with its key: each has another requestId\./,
  );
});

test("a function that fails, results that can't be used, and large ones", (t) => {
  t.regex(
    textsOf(evidence(functionReport("f", { hit: 90, miss: 10, load: 10, error: 2 })))[0] ?? "",
    /fails in 20 % of its runs/,
  );
  t.regex(
    textsOf(evidence(functionReport("f", { hit: 90, miss: 10, unusable: 3 })))[0] ?? "",
    /can't be used/,
  );
  const sizes = { p50: 400_000, p99: 500_000, max: 900_000 };
  t.like(adviseOn(evidence(functionReport("f", { hit: 90, miss: 10, load: 10 }, { sizes })))[0], {
    grade: "hint",
  });
  const unused = adviseOn(
    evidence(functionReport("f", { hit: 55, miss: 60, load: 60 }, { sizes })),
  );
  t.true(
    unused.some(({ grade, text }) => grade === "problem" && /costs more than it saves/.test(text)),
  );
});

test("a hit that takes longer than the function", (t) => {
  const latency = (p50: number) => ({ count: 100, mean: p50, p50, p90: p50, p99: p50, max: p50 });
  const report = functionReport(
    "f",
    { hit: 900, miss: 100 },
    { hits: latency(0.4), loads: latency(0.05) },
  );
  t.deepEqual(
    adviseOn(evidence(report)).map(({ basis }) => basis),
    ["median of a hit 400 µs, of a load 50 µs"],
  );
});
