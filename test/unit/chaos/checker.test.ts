import test from "ava";
import { type Allowances, judge } from "../../chaos/checker";
import type { Read, Write } from "../../chaos/history";

const readAt = (beganAt: number, version: number, further: Partial<Read> = {}): Read => ({
  ...{
    worker: 1,
    surface: "plain",
    cells: [7],
    versions: [version],
    beganAt,
    endedAt: beganAt + 1,
  },
  origins: [{ cells: [7], askedFor: [7] }],
  ...further,
});

const writeAt = (acknowledgedAt: number, version: number, further: Partial<Write> = {}): Write => ({
  ...{ worker: 0, surfaces: ["plain"], cells: [7], versions: [version], replicated: false },
  ...{ beganAt: acknowledgedAt - 1, acknowledgedAt },
  ...further,
});

/**
 * Returns how many reads are stale, and how many of these are so only because a master was lost.
 */
function count(
  reads: readonly Read[],
  writes: readonly Write[],
  allowances?: Allowances,
): readonly [number, number] {
  const { stale, lost } = judge({ reads, writes }, allowances);
  return [stale.length, lost.length];
}

test("a read that began after the acknowledgement must have its version, or a newer one", (t) => {
  const writes = [writeAt(10, 2)];
  t.deepEqual(count([readAt(11, 1)], writes), [1, 0]);
  t.deepEqual(count([readAt(11, 2), readAt(11, 3)], writes), [0, 0]);
});

test("a read that began before the acknowledgement, or with it, may have either", (t) => {
  t.deepEqual(count([readAt(10, 1), readAt(9, 1, { endedAt: 50 })], [writeAt(10, 2)]), [0, 0]);
});

test("acknowledgements count in the order of their times, not of their versions or of their arrival", (t) => {
  const writes = [writeAt(30, 2), writeAt(10, 3), writeAt(20, 1)];
  t.deepEqual(count([readAt(11, 2), readAt(31, 2), readAt(31, 3)], writes), [2, 0]);
});

test("other functions and other cells promise nothing", (t) => {
  const writes = [writeAt(10, 2, { surfaces: ["tagged"] }), writeAt(10, 2, { cells: [8] })];
  t.deepEqual(count([readAt(11, 1)], writes), [0, 0]);
});

test("each cell of a call is judged", (t) => {
  const read = readAt(11, 0, { surface: "pair", cells: [7, 8], versions: [2, 1] });
  const write = writeAt(10, 0, { surfaces: ["tagged", "pair"], cells: [7, 8], versions: [2, 2] });
  const { stale } = judge({ reads: [read], writes: [write] });
  t.deepEqual(
    stale.map(({ cell, version }) => [cell, version]),
    [[8, 1]],
  );
});

test("an allowance applies only to what another process wrote, and only for its time", (t) => {
  const writes = [writeAt(10, 2, { surfaces: ["kept"] })];
  const allowances: Allowances = { lagMs: { kept: 5 } };
  const read = (beganAt: number, worker: number) => [
    readAt(beganAt, 1, { surface: "kept", worker }),
  ];
  t.deepEqual(count(read(15, 1), writes, allowances), [0, 0]);
  t.is(judge({ reads: read(14, 1), writes }, allowances).longestLagMs, 4);
  t.deepEqual(count(read(15.1, 1), writes, allowances), [1, 0]);
  t.deepEqual(count(read(11, 0), writes, allowances), [1, 0]);
});

test("what may be lost is distinguished; what a replica had, or was acknowledged before or asked for after, may not be", (t) => {
  const allowances: Allowances = { lost: { from: 5, until: 20 } };
  t.deepEqual(count([readAt(30, 1)], [writeAt(10, 2)], allowances), [0, 1]);
  t.deepEqual(count([readAt(30, 1)], [writeAt(10, 2, { replicated: true })], allowances), [1, 0]);
  t.deepEqual(count([readAt(30, 1)], [writeAt(25, 2)], allowances), [1, 0]);
  t.deepEqual(count([readAt(30, 1)], [writeAt(5, 2)], allowances), [1, 0]);
  t.deepEqual(
    count([readAt(30, 1)], [writeAt(10, 2, { replicated: true }), writeAt(11, 3)], allowances),
    [1, 0],
    "one that may be lost is no excuse for another",
  );
});

test("a value has to belong to the request, and must have been loaded for a caller that requested it", (t) => {
  const strangers = (...reads: Read[]): number => judge({ reads, writes: [] }).strangers.length;
  const from = (cells: readonly number[], askedFor: readonly number[]) => ({
    origins: [{ cells, askedFor }],
  });
  t.is(strangers(readAt(1, 1), readAt(1, 1, from([7], [6, 7]))), 0);
  t.is(strangers(readAt(1, 1, from([8], [8]))), 1, "another value");
  t.is(
    strangers(readAt(1, 1, from([7], [8])), readAt(1, 1, from([7], []))),
    2,
    "somebody else's, and nobody's",
  );
  const origins = [7, 8].map((cell) => ({ cells: [cell], askedFor: [7, 8] }));
  const pair = { cells: [8, 7], versions: [1, 1], origins };
  t.is(strangers(readAt(1, 1, pair)), 1, "the two are in each other's place");
});
