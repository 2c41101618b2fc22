import { isDeepStrictEqual } from "node:util";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { serialize } from "node:v8";
import test from "ava";
import fc from "fast-check";
import { type Codec } from "../../../runtime/codecs/codec";
import { codecNames } from "../../../runtime/plan";
import { builtInCodecs } from "../../../runtime/codecs/built-in-codecs";

/** Returns the bytes as they are stored: text is stored in UTF-8. */
function storing({ encode, decode }: Codec) {
  return {
    decode,
    encode(value: unknown): Buffer {
      const payload = encode(value);
      return typeof payload === "string" ? Buffer.from(payload) : payload;
    },
  };
}

const [json, yaml, structured] = codecNames.map((name) => storing(builtInCodecs[name])) as [
  ReturnType<typeof storing>,
  ReturnType<typeof storing>,
  ReturnType<typeof storing>,
];

/**
 * Values of all kinds that V8 can store, but without null prototypes, which it turns into plain
 * objects.
 */
const cloneable = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
});

/**
 * Values that JSON can express, including lone surrogates. Only -0 is left out, because
 * `JSON.stringify` writes it as 0.
 */
const jsonData = fc.jsonValue({ stringUnit: "binary" }).filter((value) => {
  let negativeZero = false;
  JSON.stringify(value, (_, part: unknown) => (Object.is(part, -0) ? (negativeZero = true) : part));
  return !negativeZero;
});

test("every codec that a directive can name is built in", (t) => {
  t.deepEqual(Object.keys(builtInCodecs), [...codecNames]);
});

for (const name of codecNames) {
  const codec = storing(builtInCodecs[name]);

  test(`${name} round-trips undefined, null and other values without content`, (t) => {
    for (const value of [undefined, null, false, 0, "", [], {}]) {
      t.deepEqual(codec.decode(codec.encode(value)), value);
    }
  });

  test(`${name} round-trips what JSON can say`, (t) => {
    fc.assert(
      fc.property(jsonData, (value) => isDeepStrictEqual(codec.decode(codec.encode(value)), value)),
      { numRuns: 1000 },
    );
    t.pass();
  });

  test(`${name} round-trips a property named __proto__ as data`, (t) => {
    const value = JSON.parse('{"__proto__":{"admin":true}}') as object;
    const decoded = codec.decode(codec.encode(value)) as { admin?: boolean };
    t.deepEqual(Object.keys(decoded), ["__proto__"]);
    t.is(decoded.admin, undefined);
  });

  test(`${name} throws for a function and a symbol`, (t) => {
    t.throws(() => codec.encode(() => 1));
    t.throws(() => codec.encode(Symbol("a")), { any: true });
    if (name !== "json") t.throws(() => codec.encode({ a: () => 1 }));
  });

  test(`${name} reads a payload that is part of a larger buffer`, (t) => {
    const payload = codec.encode({ a: [1, "x"] });
    const larger = Buffer.concat([Buffer.from("before"), payload, Buffer.from("after")]);
    t.deepEqual(codec.decode(larger.subarray(6, 6 + payload.length)), { a: [1, "x"] });
  });
}

test("json stores the text of JSON.stringify, and undefined as no bytes", (t) => {
  t.is(json.encode({ id: 5, name: "Zoë" }).toString(), '{"id":5,"name":"Zoë"}');
  t.is(json.encode(undefined).length, 0);
});

test("json throws for what it has no form for, a cycle and a bigint included", (t) => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  t.throws(() => json.encode(() => 1), { message: "JSON has no form for this function." });
  t.throws(() => json.encode({ toJSON: () => undefined }), {
    message: "JSON has no form for this object.",
  });
  t.throws(() => json.encode(cycle));
  t.throws(() => json.encode(1n));
});

test("json that was cut off throws, except that a number may be cut to a shorter one", (t) => {
  fc.assert(
    fc.property(jsonData, (value) => {
      if (typeof value === "number") return true;
      const payload = json.encode(value);
      for (let length = 1; length < payload.length; length++) {
        if (!throws(() => json.decode(payload.subarray(0, length)))) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("yaml is readable, keeps cycles, and nests as deep as it was written", (t) => {
  t.is(yaml.encode({ id: 5, tags: ["a"] }).toString(), "id: 5\ntags:\n  - a\n");
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const decoded = yaml.decode(yaml.encode(cycle)) as typeof cycle;
  t.is(decoded.self, decoded);
  let deep: unknown = 1;
  for (let level = 0; level < 150; level++) deep = [deep];
  t.deepEqual(yaml.decode(yaml.encode(deep)), deep);
});

test("yaml keeps -0, NaN and the infinities, and strings that look like something else", (t) => {
  for (const value of [
    -0,
    NaN,
    Infinity,
    -Infinity,
    "1e3",
    "null",
    "~",
    "true",
    "2020-01-01",
    "0x10",
    "- a",
    "!!x",
    "<<",
  ]) {
    t.true(Object.is(yaml.decode(yaml.encode(value)), value), String(value));
  }
});

test("yaml throws for what the core schema can't represent", (t) => {
  class Money {
    amount = 1;
  }
  const values = [
    new Date(0),
    new Map(),
    new Set(),
    1n,
    /a/,
    new Uint8Array(1),
    Buffer.from("a"),
    new Money(),
    new Error(),
  ];
  for (const value of values)
    t.throws(() => yaml.encode({ value }), undefined, Object.prototype.toString.call(value));
});

test("yaml is safe: no code, no custom tags, no merging, one document", (t) => {
  const refused = [
    '!!js/function "function () {}"',
    "!!js/regexp /a/",
    "!point [1, 2]",
    "!!binary aGk=",
    "!!timestamp 2020-01-01",
  ];
  refused.push("a: 1\n---\nb: 2\n", "a: 1\na: 2\n", "# no document\n");
  for (const text of refused) t.throws(() => yaml.decode(Buffer.from(text)), undefined, text);
  t.is(yaml.decode(Buffer.from("2020-01-01")), "2020-01-01");
  t.deepEqual(yaml.decode(Buffer.from("<<: { a: 1 }")), { "<<": { a: 1 } });
});

test("js-yaml is loaded by the first use of the yaml codec, not before", (t) => {
  const script = `
    const { builtInCodecs } = require("./runtime/codecs/built-in-codecs");
    const loaded = () => Object.keys(require.cache).some((file) => file.includes("js-yaml"));
    const before = loaded();
    builtInCodecs.yaml.encode(1);
    console.log(before, loaded());`;
  const output = execFileSync(process.execPath, [
    "-r",
    join(__dirname, "../../support/ts-node.cjs"),
    "-e",
    script,
  ]);
  t.is(output.toString(), "false true\n");
});

test("structured round-trips all that V8 clones", (t) => {
  fc.assert(
    fc.property(cloneable, (value) => sameData(structured.decode(structured.encode(value)), value)),
    { numRuns: 2000 },
  );
  t.pass();
});

test("structured is JSON for plain data with dates, and says where those are", (t) => {
  const texts: [value: unknown, text: string][] = [
    [
      { id: 5, name: "Zoë", tags: ["a", null, true] },
      '\x01[{"id":5,"name":"Zoë","tags":["a",null,true]}]',
    ],
    [{ at: new Date(5), end: new Date(-1.5e12) }, '\x01[{"at":5,"end":-1500000000000},"at","end"]'],
    [[{ at: new Date(5) }, new Date(6)], '\x01[[{"at":5},6],[0,"at"],1]'],
    [new Date(7), "\x01[7,[]]"],
    ["text", '\x01["text"]'],
  ];
  for (const [value, text] of texts) {
    t.is(structured.encode(value).toString(), text);
    t.deepEqual(structured.decode(Buffer.from(text)), value);
  }
});

test("structured has a binary form for what JSON would change, and for many fractions", (t) => {
  const shared = [1];
  const others = [
    undefined,
    { a: undefined },
    -0,
    NaN,
    [Infinity],
    5n,
    new Map(),
    [shared, shared],
    [1, , 3],
    Object.assign([1], { index: 0 }),
    new Date(NaN),
    new (class Row {
      id = 1;
    })(),
    Array.from({ length: 40 }, (_, i) => i + 0.5),
  ];
  for (const value of others) t.is(structured.encode(value)[0], 2);
  let deep: unknown = 1;
  for (let level = 0; level < 200; level++) deep = [deep];
  t.is(structured.encode(deep)[0], 2);
  t.deepEqual(structured.decode(structured.encode(deep)), deep);
});

test("the bytes of another codec are not mistaken for structured", (t) => {
  for (const foreign of ["[5]", '[{"at":5},"at"]', '"text"', "null", "- 5\n"])
    t.throws(() => structured.decode(Buffer.from(foreign)), { any: true }, foreign);
  for (const other of [json, yaml]) t.throws(() => other.decode(structured.encode([5])));
});

test("structured carries cycles, shared references, errors, regular expressions, holes and Buffers", (t) => {
  const shared = { at: new Date(5) };
  const value: Record<string, unknown> = {
    a: shared,
    b: shared,
    list: [1, , 3],
    big: 5n,
    zero: -0,
    none: undefined,
  };
  value["self"] = value;
  value["pattern"] = /a+/giu;
  value["error"] = new TypeError("bad", { cause: 1 });
  value["bytes"] = Buffer.from("zoë");
  value["memory"] = new Uint8Array([1, 2]).buffer;
  value["view"] = new DataView(new ArrayBuffer(3), 1);
  const decoded = structured.decode(structured.encode(value)) as Record<string, unknown>;
  t.is(decoded["self"], decoded);
  t.is(decoded["a"], decoded["b"]);
  t.false(1 in (decoded["list"] as unknown[]));
  t.true(Object.is(decoded["zero"], -0));
  t.true("none" in decoded);
  t.deepEqual(decoded["pattern"], /a+/giu);
  t.true(decoded["error"] instanceof TypeError);
  t.is((decoded["error"] as Error).message, "bad");
  t.true(Buffer.isBuffer(decoded["bytes"]));
  t.is(String(decoded["bytes"]), "zoë");
  t.is((decoded["memory"] as ArrayBuffer).byteLength, 2);
  t.is((decoded["view"] as DataView).byteLength, 2);
});

test("structured gives each typed array memory of its own, whatever its alignment", (t) => {
  for (let padding = 0; padding < 9; padding++) {
    const value = [
      "x".repeat(padding),
      Buffer.from("abc"),
      new Uint8Array([1, 2, 3]),
      new Float64Array([1.5, -0]),
      new DataView(new ArrayBuffer(4)),
      new BigInt64Array(0),
    ] as const;
    const payload = structured.encode(value);
    const before = Buffer.from(payload);
    const decoded = structured.decode(payload) as typeof value;
    t.deepEqual(decoded, value);
    for (const view of decoded.slice(1) as unknown as NodeJS.ArrayBufferView[]) {
      t.is(view.byteOffset, 0);
      t.is(view.buffer.byteLength, view.byteLength);
      new Uint8Array(view.buffer).fill(0xee);
    }
    t.deepEqual(payload, before);
    t.deepEqual(structured.decode(payload), value);
  }
});

test("structured throws for a payload that was cut off, at any length", (t) => {
  fc.assert(
    fc.property(cloneable, (value) => {
      const payload = structured.encode(value);
      for (let length = 0; length < payload.length; length++) {
        if (!throws(() => structured.decode(payload.subarray(0, length)))) return false;
      }
      return true;
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test("structured throws for bytes that follow the value, another format, and a newer one", (t) => {
  const payload = structured.encode({ a: undefined });
  t.throws(() => structured.decode(Buffer.concat([payload, Buffer.from("x")])), {
    message: "1 bytes follow the value.",
  });
  t.throws(() => structured.decode(Buffer.concat([payload, payload])));
  t.throws(() => structured.decode(Buffer.from('{"a":1}')));
  t.throws(() => structured.decode(serialize({ a: 1 })));
  const newer = Buffer.from(payload);
  newer[0] = 3;
  t.throws(() => structured.decode(newer));
});

test("structured never crashes on arbitrary bytes behind its mark", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      throws(() => structured.decode(Buffer.concat([Buffer.from([2]), bytes])));
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

function throws(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

/** Compares data strictly. An invalid date equals itself, which Node 20's comparison denies. */
function sameData(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b) || serialize(a).equals(serialize(b));
}
