import test from "ava";
import { KeyError } from "../../../runtime/errors";
import { encodeTag, encodeTemplate, uuid } from "./encode";

const templates: [texts: string[], values: unknown[], text: string][] = [
  [["user:", ""], [5], "user:5"],
  [["user:", ":", ""], [5, "a:b"], 'user:5:"a:b"'],
  [["user:", "/", ""], [uuid, uuid], `user:${uuid}/${uuid}`],
  [["", "-", ""], [5, -6], "5--6"],
  [["", "-", ""], [uuid, uuid], `"${uuid}"-${uuid}`],
  [["", "", ""], ["a", "b"], "(a)b"],
  [["", "", "x"], ["a b", 5n], '("a b")(5n)x'],
  [["", ".json"], ["a"], "(a).json"],
  [["", "5", ""], [5, 5], "(5)55"],
  [["", "(x)", ""], ["undefined", undefined], '"undefined"(x)undefined'],
  [["fixed"], [], "fixed"],
];

test("a placeholder is closed only if the text after it could continue it", (t) => {
  for (const [texts, values, text] of templates) t.is(encodeTemplate("f", texts, values), text);
});

test("a value has the same text in a tag as in a template literal", (t) => {
  class ObjectId {
    toString() {
      return "65a1";
    }
    toJSON() {
      return { $oid: "65a1" };
    }
  }
  class Money {
    [Symbol.toPrimitive](hint: string) {
      return hint === "string" ? "5 EUR" : 5;
    }
  }
  const values = [
    "a:b",
    "",
    uuid,
    5,
    -0,
    1e-7,
    1e21,
    Number.NaN,
    5n,
    true,
    null,
    undefined,
    new Date(5),
    [1, ["a"]],
  ];
  const objects = [
    new URL("https://a.b/c?d"),
    new ObjectId(),
    new Money(),
    Buffer.from("ab"),
    new Error("e"),
    /x/,
  ];
  for (const value of [...values, ...objects]) {
    t.is(encodeTag("f", ["t:", ""], [value]), `t:${value as string}`);
    t.is(encodeTag("f", ["", "-", ""], [value, value]), `${value as string}-${value as string}`);
  }
  t.is(encodeTag("f", ["t:", ""], ["x".repeat(300)]).length, 302);
});

test("a value whose text is that of all its kind can't be part of a tag", (t) => {
  const message = (value: unknown): string | undefined =>
    t.throws(() => encodeTag("f", ["t:", ""], [value]), { instanceOf: KeyError })?.message;
  t.is(
    message({ a: 1 }),
    'Placeholder 1 in a tag of f has the text "[object Object]", which can\'t be part of a tag. Use something that names it.',
  );
  t.regex(String(message([1, { a: 1 }])), /has the text "1,\[object Object\]"/);
  t.regex(String(message(new Map())), /has the text "\[object Map\]"/);
  t.regex(String(message(Promise.resolve())), /has the text "\[object Promise\]"/);
  t.regex(String(message(Symbol("x"))), /is a symbol, which can't/);
  t.regex(String(message(Object.create(null))), /could not be read for a tag/);
});
