import test from "ava";
import { type ProcessReport } from "../../../runtime/studio/report";
import { EventLog } from "../../../studio/server/event-log";
import { History } from "../../../studio/server/history";
import { readReport } from "../../../studio/server/read-report";
import { treeOf } from "../../../studio/server/tree";
import { functionReport, processReport } from "./support/report";

const start = 1_700_000_000_000;

test("figures are what was counted within the window, and since the start with a window of 0", (t) => {
  const history = new History();
  history.add(processReport("a", 1, [functionReport("f", { hit: 100, miss: 100 })]), start);
  t.is(
    history.total(60, start).calls,
    0,
    "what happened before Studio looked is of no second of the window",
  );
  t.is(history.total(0, start).calls, 200);
  history.add(
    processReport("a", 2, [
      functionReport("f", { hit: 108, miss: 102, load: 2, loadMs: 40, timedLoads: 2 }),
    ]),
    start + 1_000,
  );
  t.like(history.total(60, start + 1_000), {
    calls: 10,
    hits: 8,
    misses: 2,
    hitRate: 0.8,
    loads: 2,
    savedMs: 160,
  });
  t.like(history.figures("f", 60, start + 1_000), { calls: 10 });
  t.is(history.total(60, start + 70_000).calls, 0);
});

test("a process that starts while Studio looks counts from its first report on", (t) => {
  const history = new History();
  history.add(processReport("a", 1), start);
  const late = processReport("b", 1, [functionReport("f", { hit: 5 })]);
  history.add({ ...late, process: { ...late.process, startedAt: start + 500 } }, start + 1_000);
  t.is(history.total(60, start + 1_000).hits, 5);
});

test("two processes with one function are summed, and also shown separately", (t) => {
  const history = new History();
  for (const id of ["a", "b"]) history.add(processReport(id, 1, [functionReport("f")]), start);
  history.add(processReport("a", 2, [functionReport("f", { hit: 3 })]), start + 1_000);
  history.add(processReport("b", 2, [functionReport("f", { hit: 4 })]), start + 1_000);
  t.is(history.total(60, start + 1_000).hits, 7);
  t.deepEqual(
    history
      .processes(60, start + 1_000)
      .map(({ process, figures, isGone }) => [process.id, figures.hits, isGone]),
    [
      ["a", 3, false],
      ["b", 4, false],
    ],
  );
  history.add(processReport("b", 3, [functionReport("f", { hit: 4 })]), start + 9_000);
  t.deepEqual(
    history.processes(60, start + 9_000).map(({ isGone }) => isGone),
    [true, false],
  );
});

test("the time that hits save is that of a load, whichever process has loaded", (t) => {
  const history = new History();
  for (const id of ["a", "b"]) history.add(processReport(id, 1, [functionReport("f")]), start);
  history.add(
    processReport("a", 2, [functionReport("f", { miss: 2, load: 2, loadMs: 40, timedLoads: 2 })]),
    start + 1_000,
  );
  history.add(processReport("b", 2, [functionReport("f", { hit: 5 })]), start + 1_000);
  t.is(history.total(60, start + 1_000).savedMs, 100);
  t.is(history.total(0, start + 1_000).savedMs, 100);
  t.is(history.figures("f", 0, start + 1_000).savedMs, 100);
  t.deepEqual(
    history.byProcess("f").map(({ figures }) => figures.savedMs),
    [0, 100],
  );
});

test("a report that arrives again, or late, is not counted twice", (t) => {
  const history = new History();
  history.add(processReport("a", 1, [functionReport("f")]), start);
  const second = processReport("a", 2, [functionReport("f", { hit: 3 })]);
  for (let i = 0; i < 3; i++) history.add(second, start + 1_000);
  history.add(processReport("a", 1, [functionReport("f", { hit: 1 })]), start + 1_500);
  history.add(processReport("a", 3, [functionReport("f", { hit: 4 })]), start + 2_000);
  t.is(history.total(60, start + 2_000).hits, 4);
});

test("the series has a column of each second, oldest first", (t) => {
  const history = new History();
  history.add(processReport("a", 1, [functionReport("f")]), start);
  history.add(processReport("a", 2, [functionReport("f", { hit: 3 })]), start + 2_000);
  const { time, hits } = history.series(5, start + 2_000);
  t.deepEqual(time, [
    start / 1_000 - 2,
    start / 1_000 - 1,
    start / 1_000,
    start / 1_000 + 1,
    start / 1_000 + 2,
  ]);
  t.deepEqual(hits, [0, 0, 0, 0, 3]);
});

test("processes and functions without end do not fill the memory", (t) => {
  const history = new History();
  for (let i = 0; i < 3_000; i++) {
    const functions =
      i === 0 ? Array.from({ length: 5_000 }, (_, j) => functionReport(`f${j}`, { hit: 1 })) : [];
    history.add(processReport(`p${i}`, 1, functions), start + i * 10_000);
  }
  t.true(history.processes(60, start).length <= 501);
  t.true(history.names.length <= 2_000);
});

test("an event log is bounded, numbered and filtered", (t) => {
  const log = new EventLog();
  const events = Array.from({ length: 900 }, (_, i) => ({
    at: i,
    type: i % 3 === 0 ? "miss" : "hit",
    cache: "default",
    name: "f",
    keys: [`f|${i}`],
    text: null,
  }));
  for (let i = 0; i < 30; i++) log.add(processReport("a", i, [], { events }));
  const all = log.page(0, { types: [], name: null, text: null });
  t.is(all.last, 27_000);
  t.is(all.events.length, 500);
  t.is(all.events.at(-1)?.number, 27_000);
  t.true(
    log
      .page(26_000, { types: ["miss"], name: "f", text: null })
      .events.every(({ type }) => type === "miss"),
  );
  t.is(log.page(26_100, { types: [], name: null, text: "f|899" }).events.length, 1);
  t.is(log.page(27_000, { types: [], name: null, text: null }).events.length, 0);
});

test("an invalidation of a tag counts the misses that name it afterwards", (t) => {
  const log = new EventLog();
  log.add(
    processReport("a", 1, [], {
      events: [
        { at: 10, type: "invalidate", cache: "default", name: null, keys: ["user:5"], text: null },
      ],
      misses: [
        { at: 5, name: "f", key: "f|1", reason: "tag", tag: "user:5", detail: null },
        { at: 15, name: "f", key: "f|1", reason: "tag", tag: "user:5", detail: null },
        { at: 16, name: "f", key: "f|1", reason: "absent", tag: null, detail: null },
      ],
    }),
  );
  t.like(log.invalidations[0], { tag: "user:5", process: "a 1", ended: 1 });
  t.deepEqual(log.invalidatedTags.get("user:5"), { count: 1, lastAt: 10 });
});

test("a load that was under way is replaced by its end", (t) => {
  const log = new EventLog();
  const load = {
    id: 1,
    name: "f",
    key: "f|1",
    startedAt: 100,
    endedAt: null,
    outcome: null,
    background: false,
    joined: [],
  };
  log.add(processReport("a", 1, [], { loads: [load] }));
  t.is(log.timeline("f", 0, 200).loads[0]?.endedAt, null);
  log.add(
    processReport("a", 2, [], {
      loads: [{ ...load, endedAt: 150, outcome: "stored", joined: [110, 120] }],
    }),
  );
  t.deepEqual(
    log.timeline("f", 0, 200).loads.map(({ endedAt, joined }) => [endedAt, joined.length]),
    [[150, 2]],
  );
  t.is(log.timeline("f", 160, 200).loads.length, 0);
});

// ---- Reports that are stored by mistake or on purpose ----

const whole: ProcessReport = processReport("a", 1, [
  functionReport("f", { hit: 1 }, { missReasons: { tag: 2 } }),
]);

test("a report is read as it was written", (t) => {
  t.deepEqual(readReport(JSON.stringify(whole)), whole);
});

for (const [what, text] of [
  ["what is not JSON", "{"],
  ["null", "null"],
  ["a list", "[]"],
  ["another format", JSON.stringify({ ...whole, format: 2 })],
  [
    "a name that is a number",
    JSON.stringify({ ...whole, functions: [{ ...whole.functions[0], name: 5 }] }),
  ],
  [
    "a count that is a text",
    JSON.stringify({ ...whole, functions: [functionReport("f", { hit: "1" as never })] }),
  ],
  ["no process", JSON.stringify({ ...whole, process: undefined })],
  [
    "a field that only a prototype has",
    JSON.stringify({ ...whole, __proto__: { at: 1 }, at: undefined }),
  ],
  ["five megabytes", JSON.stringify({ ...whole, more: "x".repeat(5_000_000) })],
] as const) {
  test(`${what} is not a report`, (t) => {
    t.is(readReport(text), null);
  });
}

test("long texts and long lists of a report are cut", (t) => {
  const report = readReport(
    JSON.stringify(
      processReport("a", 1, [functionReport("f".repeat(50_000))], {
        events: Array.from({ length: 5_000 }, () => ({
          at: 1,
          type: "hit",
          cache: "c",
          name: null,
          keys: [],
          text: null,
        })),
      }),
    ),
  );
  t.is(report?.functions[0]?.name.length, 1_001);
  t.is(report?.events.length, 1_000);
});

test("names of objects' own methods are ordinary names", (t) => {
  const report = readReport(
    JSON.stringify(
      processReport("a", 1, [functionReport("__proto__"), functionReport("toString")]),
    ),
  );
  t.deepEqual(
    report?.functions.map(({ name }) => name),
    ["__proto__", "toString"],
  );
});

// ---- Values ----

test("a value is described without running any of it", (t) => {
  let ran = 0;
  const value = {
    get expensive() {
      ran++;
      return 1;
    },
    toJSON() {
      ran++;
      return 1;
    },
  };
  t.is(treeOf(value).children[0]?.value.text, "(a getter)");
  t.is(ran, 0);
});

test("dates, maps, sets, bytes and numbers that JSON lacks are shown as what they are", (t) => {
  const tree = treeOf({
    when: new Date(0),
    map: new Map([["a", 1n]]),
    set: new Set([-0, Number.NaN]),
    bytes: Buffer.from("hi"),
    none: undefined,
  });
  t.deepEqual(
    tree.children.map(({ name, value }) => [
      name,
      value.kind,
      value.text ?? value.children.map((one) => `${one.name}=${one.value.text}`).join(),
    ]),
    [
      ["when", "Date", "1970-01-01T00:00:00.000Z"],
      ["map", "Map", '"a"=1n'],
      ["set", "Set", "0=0,1=NaN"],
      ["bytes", "bytes", "6869"],
      ["none", "undefined", "undefined"],
    ],
  );
});

test("a tree ends: in depth, in width and in a circle", (t) => {
  let deep: unknown = 1;
  for (let i = 0; i < 10_000; i++) deep = [deep];
  t.true(JSON.stringify(treeOf(deep)).length < 2_000);
  const wide = treeOf(Array.from({ length: 1_000_000 }, (_, i) => i));
  t.is(wide.size, 1_000_000);
  t.true(wide.cut && wide.children.length <= 5_000);
  const circle: unknown[] = [];
  circle.push(circle);
  t.is(treeOf(circle).children[0]?.value.kind, "circle");
});
