import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import test from "ava";
import fc from "fast-check";
import { freeze } from "../../../runtime/codecs/freeze";

/** Values that `structured` returns, of the kinds that can be frozen. */
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.string(), fc.double(), fc.constantFrom(null, undefined, true), fc.bigInt()),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    fc
      .array(fc.tuple(tie("tree"), tie("tree")), { maxLength: 3 })
      .map((entries) => new Map(entries as never)),
    fc.array(tie("tree"), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}));

test("a frozen value is the same value, and nothing in it can be changed", (t) => {
  fc.assert(
    fc.property(tree, (value) => {
      const before: unknown = deserialize(serialize(value));
      if (freeze(value) === null) return false;
      for (const object of objectsIn(value)) tryToChange(object);
      return isDeepStrictEqual(value, before);
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

test("a value with a part that can still be changed is left as it is", (t) => {
  class Own {
    readonly #hidden = 1;
    get hidden(): number {
      return this.#hidden;
    }
  }
  const parts = [
    new Date(),
    Buffer.from("a"),
    new Float64Array(2),
    /a/g,
    new Error("a"),
    () => 1,
    new Own(),
  ];
  for (const part of [...parts, Object.create({ inherited: 1 })]) {
    for (const value of [
      part,
      [part],
      { part },
      { deep: [{ part }] },
      new Map([[1, part]]),
      new Map([[part, 1]]),
    ]) {
      t.is(freeze(value), null);
      t.is(Object.isFrozen(value), false);
    }
  }
});

test("values that contain themselves, and deep ones, have an end", (t) => {
  const circle: { list: unknown[]; self?: unknown } = { list: [] };
  circle.self = circle;
  circle.list.push(circle);
  t.true((freeze(circle) as number) > 0);
  t.true(Object.isFrozen(circle.list));
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  t.true((freeze(deep) as number) > 0);
});

test("a Map and a Set say why they can't be changed", (t) => {
  const map = new Map([["a", 1]]);
  const set = new Set([1]);
  freeze([map, set]);
  t.throws(() => map.set("b", 2), {
    instanceOf: TypeError,
    message: /is shared by all callers.*"share: true"/,
  });
  t.throws(() => map.clear(), { instanceOf: TypeError });
  t.throws(() => set.add(2), { instanceOf: TypeError });
  t.throws(() => set.delete(1), { instanceOf: TypeError });
  t.deepEqual([...new Map(map).set("b", 2).keys(), ...new Set(set).add(2)], ["a", "b", 1, 2]);
});

function objectsIn(root: unknown, seen = new Set<object>()): Set<object> {
  if (typeof root !== "object" || root === null || seen.has(root)) return seen;
  seen.add(root);
  for (const inner of Object.values(root)) objectsIn(inner, seen);
  if (root instanceof Map)
    for (const one of [...root.keys(), ...root.values()]) objectsIn(one, seen);
  if (root instanceof Set) for (const one of root) objectsIn(one, seen);
  return seen;
}

/** Tries everything that a caller in strict mode can do. A step that throws has changed nothing. */
function tryToChange(object: object): void {
  const record = object as Record<string, unknown>;
  const attempts: (() => unknown)[] = [
    () => (record["added"] = 1),
    () => (record[Object.keys(record)[0] ?? "0"] = "changed"),
    () => delete record[Object.keys(record)[0] ?? "none"],
    () => Object.setPrototypeOf(record, { other: 1 }),
    () => (object as Map<unknown, unknown>).set("added", 1),
    () => (object as Set<unknown>).add("added"),
    () => (object as Set<unknown>).clear(),
    () => (object as unknown[]).push("added"),
    () => (object as unknown[]).reverse().fill(0),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // The step threw, as it should.
    }
  }
}
