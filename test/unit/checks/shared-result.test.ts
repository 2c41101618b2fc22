import test from "ava";
import { checkSource } from "./check-source";

function sharing(type: string, before = "", options = "share: true, codec: structured"): string[] {
  return checkSource(
    `${before}\n// @zcache ${options}\nexport async function load(id: number): Promise<${type}> { return id as never; }`,
  );
}

const user =
  "interface User { readonly id: number; readonly tags: readonly string[]; readonly org: Org | null }";
const org = "interface Org { readonly name: string; readonly owner?: User }";

test("a type that is readonly all the way can be shared", (t) => {
  for (const type of [
    "string",
    "number | null",
    "User",
    "readonly User[]",
    "ReadonlyArray<User>",
    "readonly [id: number, user: User]",
    "Readonly<{ a: number; b: string }>",
    "Readonly<Record<string, number>>",
    "{ readonly [name: string]: readonly number[] }",
    "ReadonlyMap<string, User>",
    "ReadonlySet<string>",
    "User & { readonly more: string }",
    "Readonly<Pick<{ a: number; b: string }, 'a'>>",
    "Deep<{ a: { b: number[] } }>",
    "Page<User>",
    "readonly (string & { brand: 'x' })[]",
    "{ readonly kind: 'a'; readonly a: 1 } | { readonly kind: 'b'; readonly b: readonly 1[] }",
  ]) {
    const more =
      "type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T; interface Page<T> { readonly items: readonly T[] }";
    t.deepEqual(sharing(type, `${user} ${org} ${more}`), [], type);
  }
});

test("the first part that can be changed is named, at the option, with what to declare instead", (t) => {
  t.deepEqual(sharing("{ id: number }"), [
    '2:19 true: "share" hands one result of load to all its callers, but id is not readonly. Declare it readonly, or leave out "share". [zcache/changeable-result]',
  ]);
  const partOf = (type: string, before = ""): string =>
    /callers, but (.*), or leave out/.exec(sharing(type, before).join("\n"))?.[1] ?? "";
  t.is(
    partOf("string[]"),
    "the result is string[], whose elements can be replaced. Declare it as a readonly array",
  );
  t.is(
    partOf("[number]"),
    "the result is [number], whose elements can be replaced. Declare it as a readonly array",
  );
  t.is(
    partOf("{ readonly at: Date }"),
    "at is a Date, which can be changed. Return its time as a number or a text",
  );
  t.regex(
    partOf("{ readonly all: Map<string, number> }"),
    /^all is a Map<string, number>, which .* a ReadonlyMap$/,
  );
  t.regex(
    partOf("readonly Set<number>[]"),
    /^result\[\] is a Set<number>, which .* a ReadonlySet$/,
  );
  t.regex(partOf("ReadonlyMap<string, { a: 1 }>"), /^result\.get\(…\)\.a is not readonly/);
  t.regex(partOf("Buffer"), /^the result is a Buffer/);
  t.regex(partOf("Record<string, number>"), /whose properties can be replaced/);
  t.regex(
    partOf("{ readonly inner: { readonly deep: { name: string } } }"),
    /^inner\.deep\.name is not readonly/,
  );
  t.regex(partOf("Readonly<{ a: { b: number } }>"), /^a\.b is not readonly/);
  t.regex(
    partOf("Loose<{ readonly a: number }>", "type Loose<T> = { -readonly [K in keyof T]: T[K] };"),
    /^a is not/,
  );
  t.regex(partOf("{ readonly a: 1 } & { b: 2 }"), /^b is not readonly/);
  t.regex(partOf("{ readonly a: unknown }"), /^a is unknown, which may be an object/);
  t.regex(partOf("readonly any[]"), /^result\[\] is any, which may be an object/);
  t.regex(
    partOf("Point", "class Point { constructor(readonly x: number, public y: number) {} }"),
    /^y is not readonly/,
  );
});

test("in a batch the element counts, because the list is made for each call", (t) => {
  const batch = (element: string) =>
    checkSource(
      `// @zcache batch, share: true\nexport async function load(ids: readonly number[]): Promise<${element}[]> { return ids as never; }`,
    );
  t.deepEqual(batch("{ readonly a: 1 }"), []);
  t.is(batch("{ a: 1 }").length, 1);
});

test("a directive can allow it, or leave out share", (t) => {
  t.deepEqual(sharing("{ id: number }", "", "share: true, allow: changeable-result"), []);
  t.deepEqual(sharing("{ id: number }", "", "share: false"), []);
  t.deepEqual(sharing("{ id: number }", "", ""), []);
  t.is(sharing("{ id: number }", "", "share").length, 1);
  t.regex(
    sharing("{ id: number }", "", "share: maybe")[0] ?? "",
    /"share" is "maybe", but must be true or false/,
  );
});
