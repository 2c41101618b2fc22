import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import vm from "node:vm";
import test from "ava";
import fc from "fast-check";
import { KeyError } from "../../../runtime/errors";
import { keyText, tagText, templateOf } from "../../../runtime/keys/key";
import { templateTextOf, wellFormed } from "../../../runtime/keys/key-names";
import { encodeToken as encodeArgument } from "../../../runtime/keys/token";
import { keyOver } from "../../support/templates";

const uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
/** Five words and integers could spell it. */
const spelledUuid = "abcdefab-1234-abcd-4321-abcdefabcdef";

const encodeArguments = (owner: string, args: readonly unknown[], count = args.length) =>
  keyText("", { arguments: count }, owner, undefined, args);
const encode = (...args: unknown[]) => encodeArguments("f", args);
const encodeTemplate = (owner: string, texts: readonly string[], values: readonly unknown[]) =>
  keyText("", templateOf(texts), owner, undefined, values);
const encodeTag = (owner: string, texts: readonly string[], values: readonly unknown[]) =>
  tagText(templateOf(texts), owner, undefined, values);

// ---- Readable ----

const readable: [args: unknown[], text: string][] = [
  [[5, 6], "5-6"],
  [[5, -6], "5--6"],
  [[-0, 0], "-0-0"],
  [[1.5, 1e21, 1e-7, -1.5e-10], "1.5-1e+21-Number(1e-7)-Number(-1.5e-10)"],
  [[0.000001, 123456789012345680000], "0.000001-123456789012345680000"],
  [[NaN, Infinity, -Infinity], "NaN-Infinity--Infinity"],
  [[5n, -5n], "5n--5n"],
  [[true, false, null], "true-false-null"],
  [[], ""],
  [[undefined], ""],
  [[1, undefined, undefined], "1"],
  [[undefined, 1], "undefined-1"],
  [["alice"], "alice"],
  [["bob@example.com"], "bob@example.com"],
  [["Zoë"], "Zoë"],
  [["Zoe\u0308"], "Zoe\u0308"],
  [["日本"], "日本"],
  [[uuid], uuid],
  [[uuid.toUpperCase(), 1], `${uuid.toUpperCase()}-1`],
  [[spelledUuid], `"${spelledUuid}"`],
  [["abcdefab", 1234, "abcd", 4321, "abcdefabcdef"], spelledUuid],
  [[`${uuid}0`], `"${uuid}0"`],
  [["a-b", "c"], '"a-b"-c'],
  [["a", "b-c"], 'a-"b-c"'],
  [[""], '""'],
  [["5"], '"5"'],
  [["null", "Date", "json", "Float16Array"], '"null"-"Date"-"json"-"Float16Array"'],
  [["nullable", "date"], "nullable-date"],
  [['a "b"\n'], '"a \\"b\\"\\n"'],
  [["\ud800"], '"\\ud800"'],
  [[new Date(0), new Date(NaN)], "Date(0)-Date(NaN)"],
  [[[1, "a", [undefined]]], "[1,a,[undefined]]"],
  [[[, 1, ,]], "[_,1,_]"],
  [[{ b: 2, a: 1, "a-b": { 5: null } }], '{a:1,"a-b":{"5":null},b:2}'],
  [[{ a: undefined }, {}], "{a:undefined}-{}"],
  [[Object.assign(Object.create(null), { a: 1 })], "{a:1}"],
  [
    [
      new Map<unknown, unknown>([
        ["b", 1],
        [{ x: 1 }, 2],
      ]),
    ],
    "Map{b=>1,{x:1}=>2}",
  ],
  [[new Set(["b", "a", 1])], "Set{b,a,1}"],
  [[new Uint8Array([1, 2]), Buffer.from([1, 2])], "Uint8Array(AQI)-Buffer(AQI)"],
  [
    [new Uint16Array([1]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(1)],
    "Uint16Array(AQA)-DataView(AAA)-ArrayBuffer(AA)",
  ],
  [[new URL("https://a.b/c")], 'json("https://a.b/c")'],
  [[{ toJSON: () => 5 }], "json(5)"],
];

test("arguments are readable, and quoted only where they must be", (t) => {
  for (const [args, text] of readable) t.is(encode(...args), text);
});

test("the values of another realm are those of this one", (t) => {
  const values = vm.runInNewContext(
    "[{ a: [1] }, new Date(5), new Map([[1, 2]]), new Set([1]), new Uint8Array([1, 2])]",
  ) as unknown[];
  t.is(encode(...values), "{a:[1]}-Date(5)-Map{1=>2}-Set{1}-Uint8Array(AQI)");
});

test("a view is its own bytes, not those of the memory around it", (t) => {
  t.is(encodeArgument(new Uint8Array([9, 1, 2, 9]).subarray(1, 3)), "Uint8Array(AQI)");
});

test("the name of a class is not part of a key", (t) => {
  class Money {
    constructor(readonly amount: number) {}
    toJSON() {
      return { amount: this.amount };
    }
  }
  const Renamed = class extends Money {};
  t.is(encode(new Money(5)), "json({amount:5})");
  t.is(encode(new Renamed(5)), "json({amount:5})");
});

// ---- Templates ----

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

test("a placeholder is closed only where the text behind it could go on with it", (t) => {
  for (const [texts, values, text] of templates) t.is(encodeTemplate("f", texts, values), text);
});

test("a tag has of a value what a template literal makes of it", (t) => {
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
  const values = ["a:b", "", uuid, 5, -0, 1e-7, 1e21, Number.NaN, 5n, true, null, undefined, new Date(5), [1, ["a"]]];
  const objects = [new URL("https://a.b/c?d"), new ObjectId(), new Money(), Buffer.from("ab"), new Error("e"), /x/];
  for (const value of [...values, ...objects]) {
    t.is(encodeTag("f", ["t:", ""], [value]), `t:${value as string}`);
    t.is(encodeTag("f", ["", "-", ""], [value, value]), `${value as string}-${value as string}`);
  }
  t.is(encodeTag("f", ["t:", ""], ["x".repeat(300)]).length, 302);
});

test("what has the text of all its kind is no part of a tag", (t) => {
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

// ---- Length ----

test("above 200 bytes the arguments are the hash of their text", (t) => {
  const hash = (text: string) => `#${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
  t.is(encode("x".repeat(200)), "x".repeat(200));
  t.is(encode("x".repeat(201)), hash("x".repeat(201)));
  t.is(encode("é".repeat(100)), "é".repeat(100));
  t.is(encode("é".repeat(101)), hash("é".repeat(101)));
  t.is(encode("x".repeat(150), "y".repeat(60)), hash(`${"x".repeat(150)}-${"y".repeat(60)}`));
  t.is(encodeArgument("x".repeat(201)), "x".repeat(201));
});

test("arguments that differ in a lone surrogate have different hashes", (t) => {
  const texts = ["\ud800", "\ud801", "\udc00", "\ufffd"].map((unit) => encode(unit.repeat(100)));
  t.true(texts.every((text) => text.startsWith("#")));
  t.is(new Set(texts).size, 4);
});

test("in a template each long value is a hash by itself", (t) => {
  const long = "x".repeat(201);
  const hash = encode(long);
  t.is(encodeTemplate("f", ["user:", ":", "", ""], [long, 5, long]), `user:${hash}:(5)${hash}`);
  t.is(encodeTemplate("f", ["", "a"], [long]), `(${hash})a`);
  const short = "x".repeat(150);
  t.is(encodeTemplate("f", ["", ":", ""], [short, short]), `${short}:${short}`);
});

// ---- Refused ----

class Plain {
  x = 1;
}

test("a value that can't be part of a key is named, with its place", (t) => {
  const cycle: Record<string, unknown> = { list: [] };
  (cycle["list"] as unknown[]).push({ "back-link": cycle });
  const self = { toJSON: (): unknown => self };
  const refused: [value: unknown, problem: string][] = [
    [() => 1, "is a function"],
    [Plain, "is a function"],
    [Symbol("a"), "is a symbol"],
    [Promise.resolve(), "is a promise"],
    [new Plain(), "is an instance of Plain without toJSON"],
    [new (class {})(), "is an object with a prototype of its own and without toJSON"],
    [Object.create({ inherited: 1 }), "is an object with a prototype of its own and without toJSON"],
    [Object.create(Object.create(null)), "is an object with a prototype of its own and without toJSON"],
    [new WeakMap(), "is an instance of WeakMap without toJSON"],
    [Readable.from([]), "is an instance of Readable without toJSON"],
    [new String("a"), "is an instance of String without toJSON"],
    [Object(1n), "is an instance of BigInt without toJSON"],
    [/a/, "is an instance of RegExp without toJSON"],
    [new TypeError("a"), "is an instance of TypeError without toJSON"],
    [new SharedArrayBuffer(1), "is an instance of SharedArrayBuffer without toJSON"],
    [new (class Ids extends Array {})(), "is an instance of Ids without toJSON"],
    [new (class Bag extends Map {})(), "is an instance of Bag without toJSON"],
    [new (class Bytes extends Uint8Array {})(1), "is an instance of Bytes without toJSON"],
    [{ filter: { onDone() {} } }, "has a function at .filter.onDone"],
    [{ "on-done": [1, () => 1] }, 'has a function at ["on-done"][1]'],
    [new Map([["a", { b: Symbol() }]]), "has a symbol at .get(a).b"],
    [new Map([[{ b: Symbol() }, 1]]), "has a symbol at .keys().b"],
    [new Set([new Plain()]), "has an instance of Plain without toJSON at .values()"],
    [{ a: { toJSON: () => ({ b: Plain }) } }, "has a function at .a.toJSON().b"],
    [{ [Symbol("a")]: 1 }, "has a property named by a symbol"],
    [{ a: Object.assign([1], { [Symbol("a")]: 1 }) }, "has a property named by a symbol at .a"],
    ["ab".match(/a/), "has properties besides its elements"],
    [{ at: Object.assign(new Date(), { zone: "UTC" }) }, "has properties besides its elements at .at"],
    [Object.assign(new Set(), { x: 1 }), "has properties besides its elements"],
    [cycle, 'contains itself at .list[0]["back-link"]'],
    [self, "contains itself at .toJSON()"],
    [nested(100_000), "has more than 200 levels of nesting"],
    [new Array(2 ** 32 - 1), "has more than 1000 holes"],
  ];
  for (const [value, problem] of refused) {
    t.throws(() => encodeArguments("shop.feed.read", [1, value]), {
      instanceOf: KeyError,
      message: `Argument 2 of shop.feed.read ${problem}, which can't be part of a key. Leave it out with an explicit key template.`,
    });
  }
});

test("what is shared but not cyclic, and what is 200 levels deep, is part of a key", (t) => {
  const shared = { a: 1 };
  t.is(encode([shared, shared]), "[{a:1},{a:1}]");
  t.is(encodeArgument(nested(200)), `${"[".repeat(200)}${"]".repeat(200)}`);
});

test("each entrance says what it was given", (t) => {
  t.throws(() => encodeTemplate("f", ["a:", ":", ""], [1, { b: Plain }]), {
    instanceOf: KeyError,
    message:
      "Placeholder 2 in the key of f has a function at .b, which can't be part of a key. Use something that identifies it.",
  });
  t.throws(() => encodeTag("f", ["a:", ""], [Plain]), {
    instanceOf: KeyError,
    message: "Placeholder 1 in a tag of f is a function, which can't be part of a tag. Use something that names it.",
  });
});

test("an argument that can't be read is a KeyError with the cause", (t) => {
  const cause = new Error("not loaded");
  const lazy = {
    get profile() {
      throw cause;
    },
  };
  const error = t.throws(() => encodeArguments("f", [lazy]), { instanceOf: KeyError });
  t.is(error.message, "Argument 1 of f could not be read for a key: not loaded.");
  t.is(error.cause, cause);
});

// ---- Injective ----

/** Stands for a missing element where arrays are made. */
const hole = Symbol("hole");

class Jsonable {
  constructor(readonly inner: unknown) {}
  toJSON() {
    return this.inner;
  }
}

/** Characters that mean something in a key, or could go on with a token. */
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
const name = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "length", "0", "1", "a", "b"));
const { value } = fc.letrec<{ value: unknown; string: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 8, arbitrary: scalar },
    // The encodings of other values, as strings.
    { weight: 2, arbitrary: tie("string") },
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.option(tie("value"), { nil: hole }), { maxLength: 3 }).map(withHoles),
    fc.array(fc.tuple(name, tie("value")), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
    tie("value").map((inner) => new Jsonable(inner)),
  ),
  string: fc
    .array(tie("value"), { minLength: 1, maxLength: 2 })
    .map((values) => values.map((one) => encodeArgument(one)).join("-")),
}));
const list = fc.oneof(
  { weight: 5, arbitrary: fc.array(value, { maxLength: 4 }) },
  // Five arguments that look like a UUID, among others.
  fc
    .tuple(fc.array(scalar, { maxLength: 2 }), uuidGroups, fc.array(scalar, { maxLength: 2 }))
    .map(([before, groups, after]) => [...before, ...groups.map(numberIfPlain), ...after]),
);

/** A list and one that is nearly the same. */
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
        // Fewer arguments than parameters, and more.
        encodeArguments("f", args, args.length + more) === text &&
        encodeArguments("f", [...args, ...missing]) === text &&
        encodeArguments("f", [...args, "further", Plain], args.length) === text
      );
    }),
    { numRuns: 5_000 },
  );
  t.pass();
});

test("lists that are nearly the same share a text only when they are the same", (t) => {
  fc.assert(
    fc.property(neighbours, ([a, b]) => (encode(...a) === encode(...b)) === (normalList(a) === normalList(b))),
    { numRuns: 40_000 },
  );
  t.pass();
});

/** Literals that could go on with a token, end it, or look like one. */
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
      return parseTemplate(templateTextOf(key), texts.map(wellFormed)).map(normal).join() === a.map(normal).join();
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
    fc.property(list, fc.nat(), (args, seed) => encode(...args) === encode(...args.map((arg) => reorder(arg, seed)))),
    { numRuns: 5_000 },
  );
  t.pass();
});

// ---- What the properties compare with ----

/** A text for each value, the same for equal ones: written without regard to keys. */
function normal(one: unknown): string {
  return JSON.stringify(tree(one));
}

function normalList(args: readonly unknown[]): string {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return normal(args.slice(0, last + 1));
}

function tree(one: unknown): unknown {
  if (typeof one === "number") return ["number", Object.is(one, -0) ? "-0" : String(one)];
  if (typeof one === "string") return ["string", Array.from({ length: one.length }, (_, i) => one.charCodeAt(i))];
  if (typeof one !== "object" || one === null) return [typeof one, String(one)];
  if (one instanceof Jsonable) return ["json", tree(one.inner)];
  if (one instanceof Date) return ["Date", String(one.getTime())];
  if (one instanceof ArrayBuffer) return ["ArrayBuffer", [...new Uint8Array(one)]];
  if (ArrayBuffer.isView(one))
    return [one.constructor.name, [...new Uint8Array(one.buffer, one.byteOffset, one.byteLength)]];
  if (Array.isArray(one)) return ["array", Array.from(one, (item, i) => (i in one ? tree(item) : "hole"))];
  if (one instanceof Map) return ["Map", [...one].map((entry) => entry.map(tree))];
  if (one instanceof Set) return ["Set", [...one].map(tree)];
  return [
    "record",
    Object.entries(one)
      .map((entry) => JSON.stringify(entry.map(tree)))
      .sort(),
  ];
}

/** A reader of the grammar, from its description. */
class Parser {
  at = 0;

  constructor(readonly text: string) {}

  take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern, pattern.flags + "y");
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text)?.[0];
    this.at += match?.length ?? 0;
    return match;
  }

  expect(literal: string): void {
    if (!this.text.startsWith(literal, this.at)) throw new Error(`${literal} expected at ${this.at} of ${this.text}`);
    this.at += literal.length;
  }

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  separated<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.text.startsWith(close, this.at)) {
      if (items.length > 0) this.expect(",");
      items.push(item());
    }
    this.expect(close);
    return items;
  }

  token(uuids = true): unknown {
    const quoted = this.take(/"(?:[^"\\]|\\.)*"/);
    if (quoted) return JSON.parse(quoted);
    if (this.take(/\[/)) return withHoles(this.separated("]", () => (this.take(/_/) ? hole : this.token())));
    if (this.take(/\{/)) return Object.fromEntries(this.separated("}", () => this.pair(":")) as [string, unknown][]);
    if (this.take(/Map\{/)) return new Map(this.separated("}", () => this.pair("=>")));
    if (this.take(/Set\{/)) return new Set(this.separated("}", () => this.token()));
    const closed = this.take(/(?:Date|Number|json|Buffer|DataView|\w+Array|ArrayBuffer)\(/);
    if (closed) return this.content(closed.slice(0, -1));
    return (uuids && this.uuid()) || this.bare();
  }

  pair(arrow: string): [unknown, unknown] {
    const key = this.token();
    this.expect(arrow);
    return [key, this.token()];
  }

  content(type: string): unknown {
    if (type === "json") {
      const inner = this.token();
      this.expect(")");
      return new Jsonable(inner);
    }
    const text = this.take(/[^)]*/) as string;
    this.expect(")");
    if (type === "Number" || type === "Date") return type === "Date" ? new Date(Number(text)) : Number(text);
    const bytes = Buffer.from(text, "base64url");
    if (type === "Buffer") return bytes;
    const memory = new Uint8Array(bytes).buffer;
    return type === "ArrayBuffer" ? memory : new (globalThis as any)[type](memory);
  }

  uuid(): string | undefined {
    const start = this.at;
    const match = this.take(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(?![\p{L}\p{M}\p{N}_.@+])/iu);
    if (!match?.split("-").every((group) => /^[a-f]/i.test(group) || String(Number(group)) === group)) return match;
    this.at = start;
    return undefined;
  }

  bare(): unknown {
    const text = this.take(/-?[\p{L}\p{M}\p{N}_.@+]+/u) ?? "";
    const constants = { undefined, null: null, true: true, false: false, NaN: NaN };
    if (Object.hasOwn(constants, text)) return constants[text as keyof typeof constants];
    if (/^-?\d+n$/.test(text)) return BigInt(text.slice(0, -1));
    if (/^-?(\d|Infinity$)/.test(text) && (String(Number(text)) === text || text === "-0")) return Number(text);
    if (/^\p{L}/u.test(text)) return text;
    throw new Error(`No token at ${this.at} of ${this.text}`);
  }
}

function parseArguments(encoded: string): unknown[] {
  const parser = new Parser(encoded);
  const args: unknown[] = [];
  while (!parser.atEnd) {
    if (args.length > 0) parser.expect("-");
    args.push(parser.token());
  }
  return args;
}

function parseTemplate(key: string, texts: readonly string[]): unknown[] {
  const parser = new Parser(key);
  parser.expect(texts[0] as string);
  const values = texts.slice(1).map((behind, i) => {
    const last = i === texts.length - 2;
    const closed = behind === "" ? !last : /^[\p{L}\p{M}\p{N}_.@+]/u.test(behind);
    if (closed) parser.expect("(");
    const one = parser.token(!behind.startsWith("-"));
    parser.expect(closed ? `)${behind}` : behind);
    return one;
  });
  if (!parser.atEnd) throw new Error(`${key} goes on after ${parser.at}`);
  return values;
}

function mutate(args: readonly unknown[], kind: number, at: number, other: unknown): unknown[] {
  const b = [...args];
  const i = args.length === 0 ? 0 : at % args.length;
  const one = b[i];
  const mutations: (() => void)[] = [
    () => (b[i] = other),
    () => (b[i] = typeof one === "symbol" ? 0 : safeString(one)),
    () => (b[i] = encodeArgument(one)),
    () =>
      b.splice(
        i,
        2,
        b
          .slice(i, i + 2)
          .map((one) => encodeArgument(one))
          .join("-"),
      ),
    () =>
      b.splice(
        i,
        2,
        b
          .slice(i, i + 2)
          .map(safeString)
          .join("-"),
      ),
    () =>
      b.splice(
        i,
        5,
        b
          .slice(i, i + 5)
          .map(safeString)
          .join("-"),
      ),
    () => b.splice(i, 1, ...safeString(one).split("-").map(numberIfPlain)),
    () => b.splice(i, 1, ...safeString(one).split("-")),
    () => b.splice(i, 1),
    () => b.splice(i, 0, other),
    () => b.push(undefined, undefined),
    () => b.unshift(undefined),
    () => b.reverse(),
    () => (b[i] = [one]),
    () => (b[i] = new Jsonable(one)),
    () => (b[i] = new Set([one])),
    () => (b[i] = { a: one }),
    () => (b[i] = typeof one === "number" ? -one : typeof one === "bigint" ? Number(one) : numberIfPlain(one)),
    () =>
      (b[i] = one instanceof Date ? one.getTime() : new Date(Number(typeof one === "number" ? Math.trunc(one) : 0))),
    () => (b[i] = typeof one === "string" ? one.slice(0, -1) : one instanceof Uint8Array ? [...one] : one),
    () => (b[i] = Array.isArray(one) ? withHoles(one.map((item: unknown, j) => (j === 0 ? hole : item))) : one),
    () => (b[i] = reorder(one, at)),
  ];
  mutations[kind % mutations.length]?.();
  return b;
}

function safeString(one: unknown): string {
  return typeof one === "object" ? encodeArgument(one) : String(one);
}

function numberIfPlain(one: unknown): unknown {
  return typeof one === "string" && one !== "" && String(Number(one)) === one ? Number(one) : one;
}

function withHoles(items: unknown[]): unknown[] {
  const array = [...items];
  items.forEach((item, i) => item === hole && delete array[i]);
  return array;
}

/** The same value, with what has no order in another one. */
function reorder(one: unknown, seed: number): unknown {
  const turn = <T>(items: T[]) =>
    [...items.slice(seed % (items.length || 1)), ...items.slice(0, seed % (items.length || 1))].reverse();
  const inner = (item: unknown) => reorder(item, seed);
  if (one instanceof Map) return new Map([...one].map(([key, item]) => [inner(key), inner(item)]));
  if (one instanceof Set) return new Set([...one].map(inner));
  if (Array.isArray(one)) return one.map(inner);
  if (typeof one !== "object" || one === null || Object.getPrototypeOf(one) !== Object.prototype) return one;
  return Object.fromEntries(turn(Object.entries(one)).map(([key, item]) => [key, inner(item)]));
}

function nested(levels: number): unknown[] {
  let array: unknown[] = [];
  for (let level = 1; level < levels; level++) array = [array];
  return array;
}
