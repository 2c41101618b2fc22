import { serialize } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { builtInCodecs, decodeTogether } from "../../../runtime/codecs/built-in-codecs";
import { createStored, parseStored } from "../../../runtime/entry/entry";
import { createCache } from "../../support/cache";

const { json, yaml, structured } = builtInCodecs;
const text = (root: string): Buffer => Buffer.from(`\x01${root}`);
const binary = (...bytes: number[]): Buffer => Buffer.from([2, ...bytes]);
const encoded = (value: unknown): Buffer => Buffer.from(structured.encode(value) as string);

test("a path of structured leads through what the value itself holds, to a number: no prototype is changed", (t) => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const refused = [
    '[{},["__proto__","isAdmin"]]',
    '[{},["constructor","prototype","x"]]',
    '[{},["__proto__"]]',
    '[{},"__proto__"]',
    '[{},["__proto__","get"]]',
    '[{"__proto__":5},"__proto__"]',
    '[{"__proto__":{"a":5}},["__proto__","a"]]',
    '[{},"toString"]',
    '[{"at":"5"},"at"]',
    '[{"at":null},"at"]',
    '[{"at":1e300},"at"]',
    '[{"at":5},"at","at"]',
    '[[1,2],"length"]',
    '[[1,2],["length"]]',
    "[[1,2],-1]",
    "[[1,2],2]",
    '[[1,2],"0"]',
    '[[1,2],["0"]]',
    '[{"0":5},0]',
    '["text",0]',
    '["text","length"]',
    "[5,[],[]]",
    "[5,[[]]]",
    "[5,null]",
    "[5,{}]",
    "[{},[{}]]",
    "[]",
    "{}",
    "5",
    '{"length":1,"0":5}',
  ];
  for (const root of refused) t.throws(() => structured.decode(text(root)), { any: true }, root);
  t.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  t.notThrows(() => Object.defineProperty({}, "x", { value: 1 }));
});

test("a property named __proto__ is data in both forms, and so is one named constructor", (t) => {
  const plain = JSON.parse(
    '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}',
  ) as object;
  for (const value of [plain, { ...plain, none: undefined }]) {
    const decoded = structured.decode(encoded(value)) as { isAdmin?: boolean; x?: number };
    t.is(Object.getPrototypeOf(decoded), Object.prototype);
    t.deepEqual(Object.keys(decoded).slice(0, 2), ["__proto__", "constructor"]);
    t.is(decoded.isAdmin ?? ({} as { isAdmin?: boolean }).isAdmin, undefined);
  }
});

/** This is V8's own form, whose reader takes hundreds of megabytes, or seconds, for some bytes. */
test("what V8 has serialized is not read", (t) => {
  const varint = (count: number): number[] =>
    count < 128 ? [count] : [(count % 128) | 128, ...varint(count >> 7)];
  const sparse = [0x61, ...varint(2 ** 25), 0x40, 0, ...varint(2 ** 25)];
  const twenty = [
    0xff,
    0x0f,
    0x41,
    20,
    ...Array.from({ length: 20 }, () => sparse).flat(),
    0x24,
    0,
    20,
  ];
  for (const payload of [
    Buffer.from(twenty),
    Buffer.from("ff0f61ffffff07490249044906400203", "hex"),
    serialize({ a: 1 }),
  ])
    t.throws(() => structured.decode(payload), { message: "The bytes are of another codec." });
});

test("structured takes memory for what the bytes hold, not for what they claim", (t) => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
  const claims: [what: string, payload: Buffer][] = [
    ["an array", binary(11, ...huge)],
    ["a record", binary(10, 0, ...huge)],
    ["a Map", binary(15, ...huge)],
    ["a Set", binary(16, ...huge)],
    ["a text", binary(8, ...huge)],
    ["an ArrayBuffer", binary(19, ...huge)],
    ["a Float64Array", binary(20, 10, ...huge)],
    ["a bigint", binary(7, 0, ...huge)],
    ["elements of a sparse array", binary(12, ...huge, ...huge)],
    ["a number of more than 32 bits", binary(11, 0xff, 0xff, 0xff, 0xff, 0x1f)],
    ["a number without an end", binary(11, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80)],
    ["a reference to nothing", binary(21, 0)],
    ["a shape that was not written", binary(10, 5)],
    ["a class of errors that there isn't", binary(17, 99, 0)],
    ["a class of views that there isn't", binary(20, 99, 0)],
    ["a Float64Array of 3 bytes", binary(20, 10, 3, 1, 2, 3)],
    ["a date that there isn't", binary(13, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f)],
    ["a boxed object", binary(18, 11, 0)],
    [
      "a length among the properties of an array",
      binary(12, 1, 0, 0, 1, 8, 6, ...Buffer.from("length"), 0x85),
    ],
    ["an element among the properties of an array", binary(12, 9, 0, 0, 1, 8, 1, 0x35, 0x85)],
  ];
  for (const [what, payload] of claims)
    t.throws(() => structured.decode(payload), { any: true }, what);
  const before = process.memoryUsage().heapUsed;
  const sparse = structured.decode(
    binary(12, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 5, 0x87, 0, 0),
  ) as unknown[];
  t.true(process.memoryUsage().heapUsed - before < 1e6);
  t.is(sparse.length, 2 ** 32 - 1);
  t.is(sparse[5], 7);
  t.deepEqual(Object.keys(sparse), ["5"]);
});

test("structured carries arrays of any length that are nearly empty, with properties of their own", (t) => {
  for (const length of [3, 1_000, 100_000, 2 ** 25, 2 ** 32 - 1]) {
    const array: unknown[] = [];
    array.length = length;
    array[1] = { a: 1 };
    array[length - 1] = "last";
    Object.assign(array, { index: 5, "01": "no index" });
    const payload = encoded(array);
    t.true(payload.length < 100);
    const decoded = structured.decode(payload) as typeof array;
    t.is(decoded.length, length);
    t.deepEqual(Object.entries(decoded), Object.entries(array));
  }
});

test("structured refuses what is nested too deep, when it is written and when it is read", (t) => {
  const nested = (levels: number): unknown => {
    let value: unknown = undefined;
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };
  t.deepEqual(structured.decode(encoded(nested(1_000))), nested(1_000));
  t.throws(() => structured.encode(nested(1_001)), { message: /nested more than 1000 levels/ });
  for (const kind of [11, 16, 18]) {
    const deep = Buffer.alloc(200_000, Buffer.from([kind, 1]));
    t.throws(() => structured.decode(Buffer.concat([binary(), deep])), { any: true });
  }
});

test("regular expressions are bounded by what it takes to compile them", (t) => {
  const pattern = new RegExp("\\p{L}".repeat(8), "u");
  t.deepEqual(structured.decode(encoded({ pattern })), { pattern });
  t.throws(() => structured.encode([pattern, /\p{N}/u]), { message: /more than 8 classes/ });
  const source = "\\p{RGI_Emoji}".repeat(9);
  const payload = binary(14, 8, source.length, ...Buffer.from(source), 8, 1, ...Buffer.from("v"));
  t.throws(() => structured.decode(payload), { message: /more than 8 classes/ });
});

test("structured and V8 agree on what has a form", (t) => {
  const values: [what: string, value: unknown][] = [
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a boxed symbol", Object(Symbol("a"))],
    ["a Promise", Promise.resolve(1)],
    ["a WeakMap", new WeakMap()],
    ["a WeakSet", new WeakSet()],
    ["a WeakRef", new WeakRef({})],
    ["a Proxy of a Map", new Proxy(new Map(), {})],
    ["a generator", (function* () {})()],
    ["an iterator of a Map", new Map().values()],
    ["an iterator of an array", [1].values()],
    ["shared memory", new SharedArrayBuffer(8)],
    ["a record without a prototype", Object.assign(Object.create(null) as object, { a: 1 })],
    [
      "an instance",
      new (class Row {
        id = 1;
        get b() {
          return 2;
        }
      })(),
    ],
    ["a URL", new URL("http://a.b/")],
    ["a boxed text", Object("abc")],
    ["a boxed number", Object(-0)],
    ["a boxed bigint", Object(5n)],
    ["a subclass of Map", new (class Own extends Map<number, number> {})([[1, 2]])],
    ["a subclass of Date", new (class Own extends Date {})(5)],
    ["properties that symbols name", { [Symbol("a")]: 1, b: 2 }],
    ["properties that are not enumerable", Object.defineProperty({ a: 1 }, "b", { value: 2 })],
    ["an error of a class of its own", new (class OwnError extends RangeError {})("bad")],
    ["an AggregateError", new AggregateError([new Error("a")], "all")],
  ];
  for (const [what, value] of values) {
    const inner = { value, none: undefined };
    let expected: Buffer | null;
    try {
      expected = serialize(inner);
    } catch {
      expected = null;
    }
    if (expected === null) t.throws(() => structured.encode(inner), { any: true }, what);
    else t.deepEqual(serialize(structured.decode(encoded(inner))), expected, what);
  }
});

test("structured stores a Proxy of a record, and arguments, as the data that they show", (t) => {
  const shown = new Proxy({ a: 1 }, { get: () => 2 });
  const passed = (function (this: void, ..._rest: unknown[]) {
    return arguments;
  })("x", 5);
  for (const further of [undefined, null]) {
    const decoded = structured.decode(encoded({ shown, passed, further }));
    t.deepEqual(decoded, { shown: { a: 2 }, passed: { 0: "x", 1: 5 }, further });
  }
});

test("what structured makes is of the realm that reads it, whichever the value came from", (t) => {
  const foreign = runInNewContext(
    `({ date: new Date(5), map: new Map([[1, 2]]), set: new Set([1]), pattern: /a/g, list: [1, undefined],
       error: new TypeError("bad"), memory: new Uint8Array([1, 2]), record: { a: 1n } })`,
  ) as Record<string, unknown>;
  t.false(foreign["date"] instanceof Date);
  const decoded = structured.decode(encoded(foreign)) as Record<string, unknown>;
  const classes = {
    date: Date,
    map: Map,
    set: Set,
    pattern: RegExp,
    list: Array,
    error: TypeError,
    memory: Uint8Array,
  };
  for (const [name, Class] of Object.entries(classes)) t.true(decoded[name] instanceof Class, name);
  t.is(Object.getPrototypeOf(decoded["record"]), Object.prototype);
  t.deepEqual(decoded["map"], new Map([[1, 2]]));
});

test("an empty value at a key is not an entry of any codec: a miss, an event, and the next call has a value", async (t) => {
  for (const codec of ["json", "yaml", "structured"] as const) {
    const cache = createCache(t);
    const find = cache.count({ codec, name: codec }, async (id: number) => ({ id }));
    await cache.put(`${codec}|5`, Buffer.alloc(0));
    t.deepEqual(await find(5), { id: 5 });
    await cache.idle();
    t.true(cache.events.some(({ type }) => type === "unusable"));
    t.deepEqual(await find(5), { id: 5 });
    t.is(find.loads.length, 1);
  }
});

test("undefined is stored, and found, by every codec", async (t) => {
  for (const codec of ["json", "yaml", "structured"] as const) {
    const cache = createCache(t);
    const find = cache.count({ codec }, async (_id: number) => undefined);
    t.is(await find(5), undefined);
    await cache.idle();
    t.is(await find(5), undefined);
    t.is(find.loads.length, 1);
  }
});

test("damaged entries of a batch don't shift the values of the others, whatever they hold", (t) => {
  const damaged = [
    ['"x', 'y"', "1,2"],
    ["[1", "2]", "3,4"],
    ["[[1", "2],3", "4]", "5,6,7"],
    ["1],[2", "3"],
    ['{"a":"', '"}', "1,2"],
    ["1,2", ""],
    ["1,2", " "],
    ["1,123456789,2", "3"],
    ["1,2,3", "4"],
  ];
  for (const broken of damaged)
    for (const place of [0, 1, broken.length]) {
      const payloads = broken.toSpliced(place, 0, '{"whole":true}').map((one) => Buffer.from(one));
      t.is(decodeTogether(json, payloads), null, payloads.join(" | "));
    }
  t.deepEqual(decodeTogether(json, [Buffer.from("[1]"), Buffer.from(' {"a":2}')]), [[1], { a: 2 }]);
});

test("an intact entry of a batch keeps its value beside two that were damaged", async (t) => {
  const cache = createCache(t);
  const many = cache.count({ batch: "array" }, async (ids: number[]) =>
    ids.map((id) => `loaded ${id}`),
  );
  await cache.put("f|1", Buffer.from('"x'));
  await cache.put("f|2", Buffer.from('y"'));
  await cache.put("f|3", Buffer.from('"three","more"'));
  await cache.put("f|4", Buffer.from('"four"'));
  t.deepEqual(await many([1, 2, 3, 4]), ["loaded 1", "loaded 2", "loaded 3", "four"]);
  t.deepEqual(many.loads, [[[1, 2, 3]]]);
  t.is(cache.events.filter(({ type }) => type === "unusable").length, 3);
});

test("what is stored is what the value was: a codec may hand out the value's own bytes", async (t) => {
  const raw = {
    encode: (value: unknown) => value as Buffer,
    decode: (payload: Buffer) => Buffer.from(payload),
  };
  for (const make of [
    () => Buffer.from("original"),
    () => new Uint8Array(Buffer.from("original")),
  ]) {
    const cache = createCache(t, { codecs: { raw } });
    const find = cache.count({ codec: "raw" }, async (_id: number) => make() as Buffer);
    (await find(5)).fill(0x58);
    await cache.idle();
    t.is((await find(5)).toString(), "original");
  }
});

test("a header whose times are invalid, or whose tags are cut off, can't be read, and takes no memory", (t) => {
  for (const freshUntil of [NaN, Infinity, -Infinity, 1e300, -1]) {
    const terms = { versions: [], resultTags: [], times: { freshUntil, loadMs: 5 } };
    t.is(parseStored(Buffer.from(createStored("12345678", terms, "x") as Buffer)), "unreadable");
  }
  const terms = { versions: [], times: null, resultTags: [{ name: "a", version: "12345678" }] };
  const bytes = Buffer.from(createStored("12345678", terms, "x") as Buffer);
  bytes.writeUInt16BE(0xffff, 36);
  const before = process.memoryUsage().heapUsed;
  t.is(parseStored(bytes), "unreadable");
  t.true(process.memoryUsage().heapUsed - before < 100_000);
});

test("yaml shares what is referenced, and runs nothing", (t) => {
  const lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 30; i++)
    lines.push(`- &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);
  const decoded = yaml.decode(Buffer.from(lines.join("\n"))) as unknown[][];
  t.is(decoded[29]?.[0], decoded[28]);
  t.throws(() => yaml.decode(Buffer.from("[".repeat(100_000))));
  t.is(
    Object.getPrototypeOf(yaml.decode(Buffer.from("__proto__: { isAdmin: true }"))),
    Object.prototype,
  );
});
