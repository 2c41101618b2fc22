import test from "ava";
import { checkSource } from "./check-source";

function returning(type: string, options = "", before = ""): string[] {
  return checkSource(
    `// @zcache${options === "" ? "" : ` ${options}`}\nexport async function load(id: number): Promise<${type}> { return id as never; }\n${before}`,
  );
}

test("the message names the path, the type and the codec that keeps it", (t) => {
  t.deepEqual(returning("{ name: string; createdAt: Date }"), [
    "1:4 @zcache: The json codec would change what load returns: createdAt is a Date. Write codec: structured, which keeps it. [zcache/unfaithful-codec]",
  ]);
});

test("a codec that is named is where the problem is shown", (t) => {
  t.deepEqual(returning("Date", "codec: json"), [
    "1:19 json: The json codec would change what load returns: the result is a Date. Write codec: structured, which keeps it. [zcache/unfaithful-codec]",
  ]);
});

test("a value that can't be stored at all is reported as such", (t) => {
  t.regex(
    returning("{ total: bigint }")[0] ?? "",
    /The json codec can't store what load returns: total is a bigint\./,
  );
  t.regex(
    returning("{ at: Date }", "codec: yaml")[0] ?? "",
    /The yaml codec can't store what load returns: at is a Date\./,
  );
});

test("three are listed, and the number of the others", (t) => {
  t.regex(
    returning("{ a: Date; b: Date }")[0] ?? "",
    /: a is a Date, and b is a Date\. Write codec: structured, which keeps them\./,
  );
  t.regex(
    returning("{ a: Date; b: Date; c: Date; d: Date; e: Date }")[0] ?? "",
    /: a is a Date, b is a Date, c is a Date, and 2 more\./,
  );
});

test("structured is not recommended for what it doesn't keep either", (t) => {
  t.regex(
    returning("{ at: Date; run(): void }")[0] ?? "",
    /at is a Date, and run is a function\. Return plain data/,
  );
});

test("paths go through lists, records, Maps, unions and generic types", (t) => {
  const paths: Record<string, string> = {
    "{ items: { at: Date }[] }": "items[].at is",
    "{ at: Date }[]": "result[].at is",
    "Record<string, { at: Date }>": "result[…].at is",
    "{ a: string | null | { b: [number, Date] } }": "a.b[1] may be",
    "{ 'created-at': Date }": 'result["created-at"] is',
    "Partial<Record<'a', Date>>": "a is",
    "{ a?: Promise<number>[] }": "a[] is",
  };
  for (const [type, path] of Object.entries(paths))
    t.true(returning(type)[0]?.includes(`returns: ${path} `), `${type}: ${returning(type)[0]}`);
  t.true(
    returning("Map<string, () => void>", "codec: structured")[0]?.includes(
      "result.get(…) is a function",
    ),
  );
});

test("recursive types and types that grow without end come to an end", (t) => {
  t.deepEqual(
    returning("Tree", "", "interface Tree { left: Tree | null; right?: Tree; forest: Tree[] }"),
    [],
  );
  t.is(returning("Tree", "", "interface Tree { left: Tree | null; at: Date }").length, 1);
  t.deepEqual(
    returning(
      "Grow<string>",
      "",
      "interface Grow<T> { value: string; next: Grow<T[]>; other: Grow<{ a: T }> }",
    ),
    [],
  );
});

test("nothing is reported about a user's own codec", (t) => {
  const source = `// @zcache codec: msgpack\nexport async function load(id: number): Promise<Date> { return new Date(id); }`;
  t.deepEqual(checkSource(source, { plugin: { codecs: ["msgpack"] } }), []);
});

test("any and unknown are hints, one for a function", (t) => {
  t.deepEqual(returning("{ a: unknown; b: any; c: unknown[] }"), [
    "1:4 @zcache: It is unknown whether the json codec keeps what load returns: a is unknown. Declare what it is. [zcache/unknown-result]",
  ]);
  t.regex(returning("any")[0] ?? "", /the result is any/);
});

test("undefined is an error in lists, a hint in properties, and accepted at the root", (t) => {
  t.regex(
    returning("(string | undefined)[]")[0] ?? "",
    /result\[\] may be undefined, which becomes null/,
  );
  t.regex(returning("{ a: string | undefined }")[0] ?? "", /lost-undefined/);
  t.deepEqual(returning("string | undefined"), []);
  t.deepEqual(returning("{ a?: string }"), []);
  t.deepEqual(
    returning("{ a: string | undefined; b: (string | undefined)[] }", "codec: structured"),
    [],
  );
});

test("a toJSON that returns what it is called on changes nothing", (t) => {
  t.deepEqual(returning("Same", "", "interface Same { id: number; toJSON(): Same }"), []);
  t.is(returning("Other", "", "interface Other { id: number; toJSON(): string }").length, 1);
});

test("a user's class with a built-in's name is judged by its own members", (t) => {
  t.deepEqual(returning("Map", "", "interface Map { width: number }"), []);
});

test("a value that can't be shared is reported once", (t) => {
  const found = returning("{ at: Date; body: ReadableStream }");
  t.is(found.length, 1);
  t.regex(found[0] ?? "", /unshareable-result/);
});

test("the codec that configure sets is known from the plugin entry: of the default cache, where the directive names none", (t) => {
  const check = (directive: string): string[] =>
    checkSource(
      `// @zcache ${directive}\nexport async function load(id: number): Promise<Date> { return id as never; }\n`,
      {
        plugin: { codec: "structured" },
      },
    );
  t.deepEqual(check("ttl: 1h"), []);
  t.is(check("codec: json").length, 1);
  t.regex(check("cache: sessions")[0] ?? "", /The json codec would change/);
});

test("the plugin entry's codec must exist", (t) => {
  t.throws(() => checkSource("", { plugin: { codec: "msgpack" } }), {
    message:
      'zcache: "codec" in the plugin entry must be one of json, yaml, structured, but got: "msgpack".',
  });
  t.notThrows(() => checkSource("", { plugin: { codec: "msgpack", codecs: ["msgpack"] } }));
});
