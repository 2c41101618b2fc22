import test from "ava";
import fc from "fast-check";
import { ninesOf, upperBound } from "../../../runtime/cache/stale-bound";
import { formatShare, parseShare } from "../../../runtime/share";
import { builtInCodecs } from "../../../runtime/codecs/built-in-codecs";
import { differenceOf } from "../../../runtime/verify/difference";

test("the first difference of two values has a path", (t) => {
  const circle: Record<string, unknown> = { a: 1 };
  circle["self"] = circle;
  const otherCircle: Record<string, unknown> = { a: 1 };
  otherCircle["self"] = otherCircle;
  const cases: [one: unknown, other: unknown, path: string | null][] = [
    [1, 1, null],
    [Number.NaN, Number.NaN, null],
    [0, -0, null],
    [1, "1", ""],
    [null, undefined, ""],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, null],
    [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } }, ".a.b[1].c"],
    [{ "no name": 1 }, { "no name": 2 }, '["no name"]'],
    [{ a: undefined }, {}, ".a"],
    [[1, 2], [1, 2, 3], ".length"],
    [[1], { 0: 1 }, ""],
    [new Date(5), new Date(5), null],
    [new Date(5), new Date(6), ""],
    [new Date(Number.NaN), new Date(Number.NaN), null],
    [/a/g, /a/i, ""],
    [new Error("a"), new Error("b"), ".message"],
    [Buffer.from("ab"), Buffer.from("ab"), null],
    [new Uint8Array([1]), new Uint8Array([2]), ""],
    [
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
      null,
    ],
    [new Map([["a", { x: 1 }]]), new Map([["a", { x: 2 }]]), '.get("a").x'],
    [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]]), null],
    [new Set([1, 2]), new Set([2, 1]), null],
    [new Set([1]), new Set([2]), ""],
    [new Set([1]), new Set([1, 2]), ".size"],
    [circle, otherCircle, null],
    [1n, 1n, null],
    [1n, 1, ""],
    [Object(1n), Object(2n), ""],
    [{ valueOf: 1, toString: "" }, { valueOf: 1, toString: "" }, null],
    [{ valueOf: 1 }, { valueOf: 2 }, ".valueOf"],
    [new Error("a", { cause: { code: 1 } }), new Error("a", { cause: { code: 1 } }), null],
    [new Error("a", { cause: { code: 1 } }), new Error("a", { cause: { code: 2 } }), ".cause.code"],
    [
      Object.assign(new Error("a"), { name: {} }),
      Object.assign(new Error("a"), { name: {} }),
      null,
    ],
  ]; // prettier keeps one a line
  for (const [one, other, path] of cases) t.is(differenceOf(one, other), path, String(path));
});

test("a value that a codec keeps does not differ from itself after a round trip", (t) => {
  const { structured } = builtInCodecs;
  const copy = (value: unknown): unknown => {
    const payload = structured.encode(value);
    return structured.decode(typeof payload === "string" ? Buffer.from(payload) : payload);
  };
  fc.assert(
    fc.property(
      fc.anything({
        key: fc.oneof(
          fc.string(),
          fc.constantFrom("valueOf", "toString", "constructor", "hasOwnProperty", "length"),
        ),
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withSet: true,
      }),
      (value): boolean => differenceOf(copy(value), copy(value)) === null,
    ),
  );
  t.pass();
});

test("a bound on a rate: the rule of three, and the exact one of Clopper and Pearson", (t) => {
  const near = (actual: number | null, expected: number): void => {
    t.true(
      Math.abs((actual ?? Infinity) - expected) < 1e-4 * expected,
      `${actual} is not ${expected}`,
    );
  };
  t.is(upperBound(0, 0), null);
  t.is(upperBound(5, 5), 1);
  near(upperBound(1, 0), 0.95);
  near(upperBound(1_000, 0), 0.00299127);
  near(upperBound(1_000_000, 0), 2.9957278e-6);
  // The expected values are from tables of the binomial distribution.
  near(upperBound(10, 1), 0.394163);
  near(upperBound(20, 3), 0.343661);
  near(upperBound(100, 5), 0.102253);
  t.true((upperBound(1e9, 5_000) ?? 1) > 5e-6);
  t.is(ninesOf(0.001)?.toFixed(6), "3.000000");
  t.is(ninesOf(1), 0);
  t.is(ninesOf(null), null);
});

test("a share is a percentage or a number from 0 to 1", (t) => {
  for (const [text, share] of [
    ["0.1%", 0.001],
    ["10 %", 0.1],
    ["100%", 1],
    ["0", 0],
    ["1", 1],
    ["0.25", 0.25],
    ["1e-4", 1e-4],
  ] as const)
    t.is(parseShare(text), share, text);
  for (const text of [
    "",
    "%",
    "-1%",
    "101%",
    "1.01",
    "often",
    "1 in 10",
    ".5",
    "1%%",
    "NaN",
    "0x1",
  ])
    t.is(parseShare(text), null, text);
  t.is(formatShare(0.001), "0.1%");
  t.is(formatShare(0.07), "7%");
});
