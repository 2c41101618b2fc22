import test from "ava";
import { findGrowth } from "./growth";
import type { Sample } from "./soak";

const flat: Sample = {
  operations: 0,
  heapBytes: 10e6,
  externalBytes: 2e6,
  handles: 2,
  listeners: 9,
  loads: 0,
};
const samples = (change: (i: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 20 }, (_, i) => ({ ...flat, operations: i + 1, ...change(i) }));

test("what goes up and down does not grow, nor what fills at the beginning", (t) => {
  t.deepEqual(findGrowth(samples((i) => ({ heapBytes: 10e6 + (i % 3) * 1e6 }))), []);
  t.deepEqual(
    findGrowth(samples((i) => ({ heapBytes: Math.min(i, 5) * 4e6, handles: 1 + Math.min(i, 3) }))),
    [],
  );
});

test("a heap, handles or listeners that go up and up are growth", (t) => {
  t.deepEqual(findGrowth(samples((i) => ({ heapBytes: 10e6 + i * 0.5e6 }))), [
    "heapBytes grew from 14500000 to 18000000.",
  ]);
  t.deepEqual(findGrowth(samples((i) => ({ handles: i >> 2 }))), ["handles grew from 3 to 4."]);
  t.deepEqual(findGrowth(samples((i) => ({ listeners: 10 + i }))), [
    "listeners grew from 22 to 29.",
  ]);
});

test("a load that remains when nothing is under way is reported", (t) => {
  t.deepEqual(findGrowth(samples((i) => ({ loads: Number(i === 3) }))), [
    "1 loads were left over after 4 operations.",
  ]);
});

test("nothing is concluded from few samples", (t) => {
  t.deepEqual(findGrowth(samples(() => ({})).slice(0, 4)), ["There are too few samples to tell."]);
});
