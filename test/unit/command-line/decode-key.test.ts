import test from "ava";
import fc from "fast-check";
import { decodeArguments, decodeTemplate } from "../../../transformer/command-line/decode-key";
import { keyText, templateOf } from "../../../runtime/keys/key";
import { keyOver } from "../../support/templates";

/** The content of a key, and the text that is shown for it. */
const texts: readonly (readonly [value: unknown, text: string])[] = [
  [5, "5"],
  [-0, "-0"],
  [1e-7, "1e-7"],
  [1e21, "1e+21"],
  [Number.NaN, "NaN"],
  [-Infinity, "-Infinity"],
  [-5n, "-5n"],
  [null, "null"],
  ["null", '"null"'],
  ["bob@example.com", '"bob@example.com"'],
  ["Zoë", '"Zoë"'],
  ["a-b", '"a-b"'],
  ["0f8fad5b-d9cb-469f-a165-70867728950e", '"0f8fad5b-d9cb-469f-a165-70867728950e"'],
  ["12345678-1234-1234-1234-123456789012", '"12345678-1234-1234-1234-123456789012"'],
  [new Date(0), 'new Date("1970-01-01T00:00:00.000Z")'],
  [[1, undefined, "b"], '[1, undefined, "b"]'],
  [{ b: 1, "a b": { c: [] } }, '{ "a b": { c: [] }, b: 1 }'],
  [new Map([["a", 1]]), 'new Map([["a", 1]])'],
  [new Set([2, 1]), "new Set([2, 1])"],
  [Buffer.from("hi"), "(Buffer of 2 bytes: 6869)"],
  [new Uint8Array([1, 2]), "(Uint8Array of 2 bytes: 0102)"],
  [{ toJSON: () => "12.50" }, '(an object whose toJSON() is "12.50")'],
  ["x".repeat(300), "(a long value, of which only the hash is in the key)"],
];

const allArguments = keyOver((...args) => args);
const encodeArguments = (args: readonly unknown[]) =>
  keyText("", allArguments, "f", undefined, args);
const encodeTemplate = (texts: readonly string[], values: readonly unknown[]) =>
  keyText("", templateOf(texts), "f", undefined, values);

test("each kind of value is shown as it would be written", (t) => {
  for (const [value, text] of texts) {
    const decoded = decodeTemplate(["k:", ""], encodeTemplate(["k:", ""], [value]));
    t.deepEqual(
      decoded?.map((one) => one.text),
      [text],
    );
  }
});

const scalar = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.uuid(),
  fc.emailAddress(),
  fc.constantFrom(null, undefined, "", "true", "Map", "-1", "5"),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(
    fc.string().filter((name) => name !== "__proto__" && name !== "toJSON"),
    scalar,
    { maxKeys: 3, noNullPrototype: true },
  ),
  fc.array(scalar, { maxLength: 3 }).map((items) => new Set(items)),
  fc.date(),
);

test("the arguments are recovered from any key", (t) => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (args) => {
      const key = encodeArguments(args);
      const decoded = decodeArguments(key);
      if (decoded === "hashed") return;
      t.is(encodeArguments(decoded?.map((one) => one.value) ?? ["no key"]), key);
    }),
  );
  t.pass();
});

test("the values are recovered from the key of any template", (t) => {
  const text = fc.constantFrom("", ":", "-", "/", "a", "5", "user:", ")", '"', "{");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, text), { minLength: 1, maxLength: 3 }),
      text,
      (pairs, first) => {
        const parts = [first, ...pairs.map(([, part]) => part)];
        const values = pairs.map(([one]) => one);
        const decoded = decodeTemplate(parts, encodeTemplate(parts, values));
        if (!decoded) return t.fail(JSON.stringify(parts));
        if (!decoded.every((one) => "value" in one)) return;
        t.deepEqual(
          encodeTemplate(
            parts,
            decoded.map((one) => one.value),
          ),
          encodeTemplate(parts, values),
        );
      },
    ),
  );
  t.pass();
});

test("a key of something else is not decoded", (t) => {
  t.is(decodeTemplate(["user:", ""], "org:5"), null);
  t.is(decodeTemplate(["user:", ""], "user:5:6"), null);
  t.is(decodeTemplate(["user:", ":x"], "user:5"), null);
  t.is(decodeArguments("5-"), null);
  t.is(decodeArguments("5 6"), null);
});
