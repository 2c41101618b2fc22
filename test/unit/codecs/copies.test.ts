import test from "ava";
import fc from "fast-check";
import { createCopies } from "../../../runtime/codecs/copies";
import { copyTree, unfit } from "../../../runtime/codecs/copy-tree";

/**
 * Plain trees with dates in them. Their properties are in any order, and one of them is named by a
 * number.
 */
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0),
      fc.bigInt(),
    ),
    fc.date(),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("5", "toString")),
      tie("tree"),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
}));

type Copier = (value: unknown) => (() => unknown) | null;

/** Trees are copied in two ways: many times over, and once for each of a few callers. */
const copiers: readonly (readonly [name: string, copier: Copier])[] = [
  [
    "many copies",
    (value) => {
      const copies = createCopies(value);
      return copies && (() => copies.source.copy());
    },
  ],
  [
    "one copy",
    (value) => (copyTree(value, new Set()) === unfit ? null : () => copyTree(value, new Set())),
  ],
  [
    "a further copy",
    (value) => (copyTree(value, new Set()) === unfit ? null : () => copyTree(value, null)),
  ],
];

for (const [name, copier] of copiers) {
  test(`${name}: a copy is the same value, with its properties in the same order`, (t) => {
    fc.assert(
      fc.property(tree, (value) => {
        const copy = copier(value);
        return copy ? printed(copy()) === printed(value) : hasProto(value);
      }),
      { numRuns: 2_000 },
    );
    t.pass();
  });

  test(`${name}: what is done to one copy shows in no other`, (t) => {
    fc.assert(
      fc.property(tree, (value) => {
        const copy = copier(value);
        if (!copy) return true;
        const before = printed(value);
        spoil(copy());
        return printed(copy()) === before && printed(value) === before;
      }),
      { numRuns: 2_000 },
    );
    t.pass();
  });
}

test("a value that is more than a tree of plain data has no copies", (t) => {
  const shared = { a: 1 };
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const refused: [what: string, value: unknown][] = [
    ["a Map", new Map()],
    ["a class instance", new (class Row {})()],
    ["an object without a prototype", Object.create(null)],
    ["bytes", Buffer.from("x")],
    ["a function", { f: () => 1 }],
    ["an object in two places", [shared, shared]],
    ["a cycle", cycle],
    ["a hole", [1, , 3]],
    ["an array with a property of its own", Object.assign([1], { index: 0 })],
    ["a date with a property of its own", Object.assign(new Date(), { zone: "UTC" })],
    ["a property named __proto__", JSON.parse('{"a":{"__proto__":[1]}}')],
  ];
  for (const [what, value] of refused) {
    t.is(createCopies(value), null, what);
    // No codec makes these two, and looking for them takes as long as copying the rest.
    if (what !== "a function" && what !== "an array with a property of its own")
      t.is(copyTree(value, new Set()), unfit, what);
  }
});

test("the memory that a value takes is reported", (t) => {
  const bytesOf = (value: unknown): number => createCopies(value)?.bytes ?? NaN;
  t.true(bytesOf("x".repeat(1_000)) >= 1_000);
  t.true(bytesOf(Array.from({ length: 100 }, (_, i) => i)) >= 800);
  t.true(bytesOf(Array.from({ length: 100 }, () => ({}))) >= 5_600);
});

/** Compares the order of properties, -0 and dates, too. */
function printed(value: unknown): string {
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (Array.isArray(value)) return `[${value.map(printed).join()}]`;
  if (typeof value !== "object" || value === null)
    return Object.is(value, -0) ? "-0" : `${typeof value} ${String(value)}`;
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}:${printed(inner)}`)
    .join()}}`;
}

function hasProto(value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Date) return false;
  return Object.entries(value).some(([name, inner]) => name === "__proto__" || hasProto(inner));
}

/** Changes everything that can be changed. */
function spoil(value: unknown): void {
  if (value instanceof Date) value.setTime(1);
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push("spoilt");
  else (value as Record<string, unknown>)["spoilt"] = true;
}
