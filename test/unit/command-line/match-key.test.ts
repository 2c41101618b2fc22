import test from "ava";
import { type LockedFunction } from "../../../transformer/lock/lock";
import { type KeyPattern, matchKey } from "../../../transformer/command-line/match-key";
import { findOwner } from "../../../studio/server/key-owner";

const pattern = (more: Partial<KeyPattern>): KeyPattern => ({
  name: "shop.load",
  namespace: null,
  texts: null,
  expressions: ["id"],
  isVersioned: false,
  ...more,
});

/** Returns the name of each value with its text, from the best match of the key. */
function valuesOf(key: string, ...patterns: readonly KeyPattern[]): unknown {
  const [first] = matchKey(
    key,
    patterns.map((one) => [one.name, one] as const),
  );
  if (!first) return null;
  const [, { values }] = first;
  return values === "hashed" ? values : values.map(([name, { text }]) => `${name} = ${text}`);
}

test("a rest parameter has all the remaining values, and a trailing parameter that was left out is undefined", (t) => {
  const rest = pattern({ expressions: ["first", "...ids"] });
  t.deepEqual(valuesOf("shop.load|1-2-3", rest), ["first = 1", "ids[0] = 2", "ids[1] = 3"]);
  t.deepEqual(valuesOf("shop.load|1", rest), ["first = 1"]);
  t.deepEqual(valuesOf("shop.load|1", pattern({ expressions: ["id", "lang"] })), [
    "id = 1",
    "lang = undefined",
  ]);
});

test("namespaces may have colons, and the receiver's class and a fingerprint may follow the name", (t) => {
  const [[, match] = []] = matchKey("eu:live:shop.load@Orders@0123abcd|5", [["", pattern({})]]);
  t.like(match, { namespace: "eu:live:", className: "Orders", version: "0123abcd" });
  t.is(valuesOf("other:shop.load|5", pattern({ namespace: "v2" })), null);
});

test("the most specific template comes first", (t) => {
  const vague = pattern({ name: "vague", texts: ["", ":", ""], expressions: ["kind", "id"] });
  const exact = pattern({ name: "exact", texts: ["user:", ""], expressions: ["id"] });
  t.deepEqual(valuesOf("user:5", vague, exact), ["id = 5"]);
});

test("a lock file tells the same of a key as the compiler does", (t) => {
  const locked = (more: Partial<LockedFunction>): LockedFunction =>
    ({
      file: "shop.ts",
      function: "load",
      name: "shop.load",
      parameters: [],
      fingerprint: "",
      returns: "",
      ...more,
    }) as LockedFunction;
  const functions = [
    locked({ key: "shop.load|{first}-{...ids}", parameters: ["first", "ids"] }),
    locked({
      name: "shop.find",
      key: "find:{id}",
      version: "auto",
      namespace: "v2",
      parameters: ["id"],
    }),
  ];
  t.like(findOwner(functions, "shop.load|1-2-3"), {
    locked: functions[0],
    values: [
      ["first", { text: "1", value: 1 }],
      ["ids[0]", { text: "2", value: 2 }],
      ["ids[1]", { text: "3", value: 3 }],
    ],
  });
  t.like(findOwner(functions, "app:v2:0123abcd:find:7"), {
    locked: functions[1],
    version: "0123abcd",
    namespace: "app:",
  });
  t.is(findOwner(functions, "find:7"), null);
});
