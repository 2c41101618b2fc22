import test from "ava";
import { stackOf } from "../../../../studio/page/charts/stack";
import { lanesOf } from "../../../../studio/page/charts/lanes";
import { formatBytes } from "../../../../studio/page/format/bytes";
import { formatDuration } from "../../../../studio/page/format/durations";
import { countOf, formatPerSecond, formatRate } from "../../../../studio/page/format/numbers";
import { formatAgo, formatDate, formatTime } from "../../../../studio/page/format/times";
import { visiblePieces, visibleText } from "../../../../studio/page/format/visible-text";
import { wordsOfReason } from "../../../../studio/page/format/words";

test("durations have two numbers at most, and a unit", (t) => {
  const expected: readonly [number | null, string][] = [
    [null, "–"],
    [0, "0 ms"],
    [0.0004, "1 µs"],
    [0.04, "0.04 ms"],
    [0.996, "1.0 ms"],
    [9.96, "10 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [59_900, "59 s"],
    [60_000, "1 min"],
    [61_000, "1 min 1 s"],
    [719_000, "11 min"],
    [18_600_000, "5 h 10 min"],
    [273_600_000, "3 d 4 h"],
    [-1500, "−1.5 s"],
  ];
  for (const [ms, text] of expected) t.is(formatDuration(ms), text);
});

test("bytes go up in steps of a thousand", (t) => {
  const expected: readonly [number | null, string][] = [
    [null, "–"],
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9960, "10 kB"],
    [999_600, "1.0 MB"],
    [23_000_000, "23 MB"],
    [4e15, "4000 TB"],
  ];
  for (const [bytes, text] of expected) t.is(formatBytes(bytes), text);
});

test("a rate is shown as 100 % or 0 % only if it is exactly that", (t) => {
  t.is(formatRate(null), "–");
  t.is(formatRate(0), "0 %");
  t.is(formatRate(1), "100 %");
  t.is(formatRate(0.99999), "99.9 %");
  t.is(formatRate(0.00001), "0.1 %");
  t.is(formatRate(0.834), "83.4 %");
});

test("counts and rates per second", (t) => {
  t.is(countOf(1, "miss", "misses"), "1 miss");
  t.is(countOf(1204, "miss", "misses"), "1,204 misses");
  t.is(formatPerSecond(3, 300), "0.1/s");
  t.is(formatPerSecond(0, 300), "0/s");
  t.is(formatPerSecond(361_200, 300), "1,204/s");
  t.is(formatPerSecond(5, 0), "–");
});

test("times that no clock has are a dash, and a clock that is ahead has written just now", (t) => {
  t.is(formatTime(NaN), "–");
  t.is(formatDate(1e300), "–");
  t.is(formatAgo(2000, 1000), "just now");
  t.is(formatAgo(0, 61_000), "1 min 1 s ago");
  t.regex(formatTime(1), /^\d\d:\d\d:\d\d\.001$/);
});

test("characters that are invisible, or change how others look, are written out", (t) => {
  t.is(visibleText("a\nb\tc\0"), "a\\nb\\tc\\0");
  t.is(visibleText("\u001b[31mred\u001b[0m"), "\\x1b[31mred\\x1b[0m");
  t.is(visibleText("\u202Egnp.exe\u2066x\u2069"), "\\u202egnp.exe\\u2066x\\u2069");
  t.is(visibleText("\u200B\uFEFF\u00AD\u2028\u3164"), "\\u200b\\ufeff\\xad\\u2028\\u3164");
  t.is(visibleText("\u{E0041}\uD800"), "\\u{e0041}\\ud800");
  t.is(visibleText("plain: äöü 漢字 שלום <b>&amp;</b> 😀"), "plain: äöü 漢字 שלום <b>&amp;</b> 😀");
});

test("an escape is distinguished from the same characters in a text", (t) => {
  t.deepEqual(visiblePieces("\\n\n"), [
    { text: "\\n", isEscape: false },
    { text: "\\n", isEscape: true },
  ]);
  t.deepEqual(visiblePieces(""), []);
});

test("a reason that this page doesn't know, even one named like a part of every object, is shown as it is", (t) => {
  for (const reason of ["__proto__", "constructor", "toString", "newer"]) {
    t.deepEqual(wordsOfReason(reason as "absent"), { label: reason, sentence: "" });
  }
});

test("a stack adds each column to those below it", (t) => {
  t.deepEqual(
    stackOf([
      [1, 2],
      [10, null],
      [100, 200],
    ]),
    [
      [1, 2],
      [11, 2],
      [111, 202],
    ],
  );
});

test("a time line has a lane for each key in each process, those with most callers first", (t) => {
  const load = (id: number, key: string, process: string, joined: readonly number[]) => ({
    id,
    name: "f",
    key,
    process,
    startedAt: id,
    endedAt: null,
    outcome: null,
    background: false,
    joined,
  });
  const lanes = lanesOf({
    name: "f",
    from: 0,
    to: 10,
    loads: [load(1, "a", "p", []), load(2, "b", "p", [3, 4]), load(3, "a", "q", [])],
    marks: [{ at: 5, type: "wait", key: "b", process: "q" }],
  });
  t.deepEqual(
    lanes.map(({ key, process, loads, marks }) => [key, process, loads.length, marks.length]),
    [
      ["b", "p", 1, 0],
      ["b", "q", 0, 1],
      ["a", "q", 1, 0],
      ["a", "p", 1, 0],
    ],
  );
});
