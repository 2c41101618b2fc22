import test from "ava";
import fc from "fast-check";
import { formatDuration, parseDuration, parseResultDuration } from "../../../runtime/duration";

test("a number with a unit is read as milliseconds", (t) => {
  const table: [string, number][] = [
    ["250ms", 250],
    ["30s", 30_000],
    ["10m", 600_000],
    ["1h", 3_600_000],
    ["1 h", 3_600_000],
    ["1.5h", 5_400_000],
    ["0.5s", 500],
    ["7d", 604_800_000],
    ["2w", 1_209_600_000],
    ["365d", 31_536_000_000],
  ];
  for (const [text, duration] of table) t.is(parseDuration(text), duration, text);
});

test("a fraction of a millisecond is rounded", (t) => {
  t.is(parseDuration("1.6ms"), 2);
  t.is(parseDuration("0.0011s"), 1);
});

test("a text without a unit, one that is not positive, or one above a year is not a duration", (t) => {
  const refused = [
    "60",
    "",
    " ",
    "s",
    "0s",
    "0.0h",
    "0.4ms",
    "-1s",
    "+1s",
    "1  s",
    " 1s",
    "1s ",
    "1\ts",
    "1s\n",
  ];
  refused.push(
    "1S",
    "1M",
    "1y",
    "1 hour",
    "10 parsecs",
    ".5s",
    "1.s",
    "1e3s",
    "1,5s",
    "1h30m",
    "Infinitys",
    "NaNs",
  );
  refused.push(
    "366d",
    "53w",
    "365.1d",
    "31536000001ms",
    `${"9".repeat(400)}s`,
    `${"0".repeat(400)}1s`,
  );
  for (const text of refused) t.is(parseDuration(text), null, text);
});

test("a result's time to live is 0 if it is not positive, whatever form the number has", (t) => {
  for (const text of [
    "0s",
    "0.0h",
    "0.0004s",
    "0.4ms",
    "1e-7s",
    "1.5e-9 h",
    "-1s",
    "-1e-7s",
    "-Infinitys",
    "-0s",
  ])
    t.is(parseResultDuration(text), 0, text);
  const table = {
    "0.0005s": 1,
    "0.6ms": 1,
    "1e3s": 1_000_000,
    "1.5e+2ms": 150,
    "90s": 90_000,
    "365d": 31_536_000_000,
  };
  for (const [text, ms] of Object.entries(table)) t.is(parseResultDuration(text), ms, text);
  for (const text of [
    "366d",
    "1e21s",
    "Infinitys",
    "NaNs",
    "undefineds",
    "90",
    "s",
    "1 hour",
    "1e-7",
    "",
  ])
    t.is(parseResultDuration(text), null, text);
});

test("a duration is written in the largest unit that divides it", (t) => {
  const table: [number, string][] = [
    [1, "1ms"],
    [250, "250ms"],
    [1_500, "1500ms"],
    [90_000, "90s"],
    [600_000, "10m"],
    [3_600_000, "1h"],
    [172_800_000, "2d"],
    [604_800_000, "1w"],
    [31_536_000_000, "365d"],
    [0, "0ms"],
  ];
  for (const [duration, text] of table) t.is(formatDuration(duration), text);
});

test("what is written is read back", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 31_536_000_000 }),
      (duration) => parseDuration(formatDuration(duration)) === duration,
    ),
  );
  t.pass();
});
