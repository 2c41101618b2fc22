import test from "ava";
import fc from "fast-check";
import { keyText } from "../../../runtime/keys/key";
import { templateTextOf, wellFormed } from "../../../runtime/keys/key-names";
import { encodeToken as encodeArgument } from "../../../runtime/keys/token";
import { keyOver } from "../../support/templates";
import { encode, encodeArguments, encodeTemplate } from "./encode";
import {
  hole,
  Jsonable,
  mutate,
  normal,
  normalList,
  numberIfPlain,
  reorder,
  withHoles,
} from "./nearly-same";
import { parseArguments, parseTemplate } from "./read-key";

/** Characters that mean something in a key, or that could continue a token. */
const grammarCharacter = fc.constantFrom(
  ...'-:|,{}[]()"\\#=>/ _.@+n0159aefAEé日',
  "\u0301",
  "\n",
  "\ud83d\ude00",
  "\ud800",
  "\udc00",
);
const uuidGroup = (length: number) =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(..."01a"), minLength: length, maxLength: length }),
    fc.constantFrom("a", "1").map((digit) => digit.repeat(length)),
  );
const uuidGroups = fc.tuple(uuidGroup(8), uuidGroup(4), uuidGroup(4), uuidGroup(4), uuidGroup(12));
const reserved =
  "undefined null true false NaN Infinity Number Date Map Set json Buffer ArrayBuffer DataView Uint8Array Float64Array";

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: grammarCharacter, maxLength: 8 }) },
  fc.constantFrom(...reserved.split(" ")),
  fc.constantFrom(
    "a",
    "b",
    "alice",
    "Zoë",
    "日本",
    "bob@example.com",
    "a.b",
    "a+b",
    "e",
    "n",
    "_",
    "-",
    "--",
    "#",
    "Infinit",
  ),
  fc.oneof(fc.integer(), fc.double(), fc.bigInt()).map(String),
  uuidGroups.map((groups) => groups.join("-")),
  fc.uuid(),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.integer({ min: -20, max: 20 }) },
  fc.constantFrom(
    undefined,
    null,
    true,
    false,
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    1e21,
    -1e21,
    1.5e300,
    1e-6,
    1e-7,
    -5e-324,
    0n,
    5n,
    -5n,
  ),
  fc.double(),
  fc.maxSafeInteger(),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.integer({ min: -5, max: 5 }).map((time) => new Date(time)),
  fc.uint8Array({ maxLength: 3 }),
  fc.float64Array({ maxLength: 1 }),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => new DataView(bytes.slice().buffer)),
  fc.uint8Array({ maxLength: 3 }).map((bytes) => bytes.slice().buffer),
);
const name = fc.oneof(
  text,
  fc.constantFrom("__proto__", "constructor", "length", "0", "1", "a", "b"),
);
const { value } = fc.letrec<{ value: unknown; string: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 8, arbitrary: scalar },
    // These strings are encodings of other values.
    { weight: 2, arbitrary: tie("string") },
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.option(tie("value"), { nil: hole }), { maxLength: 3 }).map(withHoles),
    fc
      .array(fc.tuple(name, tie("value")), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
    fc
      .array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 })
      .map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
    tie("value").map((inner) => new Jsonable(inner)),
  ),
  string: fc
    .array(tie("value"), { minLength: 1, maxLength: 2 })
    .map((values) => values.map((one) => encodeArgument(one)).join("-")),
}));
const list = fc.oneof(
  { weight: 5, arbitrary: fc.array(value, { maxLength: 4 }) },
  // Among others, five arguments that look like a UUID.
  fc
    .tuple(fc.array(scalar, { maxLength: 2 }), uuidGroups, fc.array(scalar, { maxLength: 2 }))
    .map(([before, groups, after]) => [...before, ...groups.map(numberIfPlain), ...after]),
);

/** Returns a list, and one that is nearly the same. */
const neighbours = fc
  .tuple(list, fc.nat(), fc.nat(), value)
  .map(([a, kind, at, other]) => [a, mutate(a, kind, at, other)] as const);

test("arguments are recovered from their text, so that no two lists share one", (t) => {
  fc.assert(
    fc.property(list, (args) => {
      const encoded = encode(...args);
      return encoded.startsWith("#") || normalList(parseArguments(encoded)) === normalList(args);
    }),
    { numRuns: 20_000 },
  );
  t.pass();
});

test("a default key is the same whether it is counted or written out", (t) => {
  const written = keyOver((...args) => args);
  fc.assert(
    fc.property(list, fc.nat(3), (args, more) => {
      const missing = Array.from({ length: more }, () => undefined);
      const text = keyText("", written, "f", undefined, args);
      return (
        encodeArguments("f", args) === text &&
        // There are fewer arguments than parameters, or more.
        encodeArguments("f", args, args.length + more) === text &&
        encodeArguments("f", [...args, ...missing]) === text &&
        encodeArguments("f", [...args, "further", class {}], args.length) === text
      );
    }),
    { numRuns: 5_000 },
  );
  t.pass();
});

test("lists that are nearly the same share a text only when they are the same", (t) => {
  fc.assert(
    fc.property(
      neighbours,
      ([a, b]) => (encode(...a) === encode(...b)) === (normalList(a) === normalList(b)),
    ),
    { numRuns: 40_000 },
  );
  t.pass();
});

/** Literals that could continue a token, end it, or look like one. */
const literal = fc.oneof(
  fc.constantFrom(
    "",
    "-",
    ":",
    "--",
    "-1",
    "5",
    "n",
    "a",
    ".",
    "e+5",
    "(",
    ")",
    "()",
    "{",
    "}",
    "[",
    '"',
    '"-"',
    "#",
    "\udc00",
    "\u0301",
    "日",
  ),
  fc.constantFrom(
    "-1111-1111-1111-111111111111",
    "-0a0a-",
    "-aaaa-aaaa-aaaa-",
    "0",
    "(5)",
    "Date(5)",
    "=>",
    ",",
    "_",
    "@",
    "+",
    "|",
    "~",
    "%",
    "~%",
  ),
  fc.string({ unit: grammarCharacter, maxLength: 3 }),
);
const template = fc
  .tuple(literal, fc.array(fc.tuple(value, value, literal), { maxLength: 4 }))
  .map(([first, rest]) => ({
    texts: [first, ...rest.map(([, , behind]) => behind)],
    a: rest.map(([one]) => one),
    b: rest.map(([one, other], i) => (i % 2 === 0 ? other : one)),
  }));

test("the values of a template are recovered from the key, whatever the literals", (t) => {
  fc.assert(
    fc.property(template, ({ texts, a }) => {
      const key = encodeTemplate("f", texts, a);
      if (a.some((one) => Buffer.byteLength(encodeArgument(one)) > 200)) return true;
      return (
        parseTemplate(templateTextOf(key), texts.map(wellFormed)).map(normal).join() ===
        a.map(normal).join()
      );
    }),
    { numRuns: 20_000 },
  );
  t.pass();
});

test("templates filled with nearly the same values are the same key only when the values are the same", (t) => {
  const filled = fc.tuple(neighbours, fc.array(literal, { minLength: 12, maxLength: 12 }));
  fc.assert(
    fc.property(fc.oneof(filled, template), (example) => {
      const [a, b, literals] = Array.isArray(example)
        ? [...example[0], example[1]]
        : [example.a, example.b, example.texts];
      if (a.length !== b.length) return true;
      const texts = literals.slice(0, a.length + 1);
      const same = encodeTemplate("f", texts, a) === encodeTemplate("f", texts, b);
      return same === (a.map(normal).join() === b.map(normal).join());
    }),
    { numRuns: 20_000 },
  );
  t.pass();
});

test("the order of a Map's entries and of a Set's items is part of the key, as that of an array's elements is", (t) => {
  const pairs: [string, number][] = [
    ["a", 1],
    ["b", 2],
  ];
  t.not(encode(new Map(pairs)), encode(new Map(pairs.toReversed())));
  t.not(encode(new Set(["a", "b"])), encode(new Set(["b", "a"])));
  t.not(encode({ by: new Set(["a", "b"]) }), encode({ by: new Set(["b", "a"]) }));
});

test("the order of properties never matters", (t) => {
  fc.assert(
    fc.property(
      list,
      fc.nat(),
      (args, seed) => encode(...args) === encode(...args.map((arg) => reorder(arg, seed))),
    ),
    { numRuns: 5_000 },
  );
  t.pass();
});
