import test from "ava";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type ts from "typescript";
import { type Fingerprint, fingerprintOf } from "../../../transformer/plan/fingerprint";

type Compiler = typeof ts;

const compilers = ["typescript", "typescript-5.5", "typescript-6.0"].flatMap((name) => {
  try {
    return [require(name) as Compiler];
  } catch {
    return [];
  }
});
/** These are parsed once, because they are most of a program. */
const libraries = new Map<string, ts.SourceFile | undefined>();
const [compiler] = compilers as [Compiler];

/**
 * Returns the fingerprints of all functions of some modules, by name. Those named batch… are
 * batches.
 */
function fingerprints(ts: Compiler, files: Record<string, string>): Record<string, Fingerprint> {
  const directory = mkdtempSync(join(tmpdir(), "zcache-fingerprint-"));
  const paths = Object.keys(files).map((name) => join(directory, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const program = createProgram(ts, paths);
  const found: Record<string, Fingerprint> = {};
  for (const path of paths) {
    for (const statement of program.getSourceFile(path)?.statements ?? []) {
      if (!ts.isFunctionDeclaration(statement) || !statement.name) continue;
      const isBatch = statement.name.text.startsWith("batch");
      found[statement.name.text] = fingerprintOf(ts, program, statement, isBatch);
    }
  }
  rmSync(directory, { recursive: true });
  return found;
}

function createProgram(ts: Compiler, paths: readonly string[]): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    types: ["node"],
    typeRoots: [join(__dirname, "../../../node_modules/@types")],
  };
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    if (!name.endsWith(".d.ts")) return getSourceFile(name, ...rest);
    const key = `${ts.version} ${name}`;
    if (!libraries.has(key)) libraries.set(key, getSourceFile(name, ...rest));
    return libraries.get(key);
  };
  return ts.createProgram(paths, options, host);
}

/**
 * Each row has a type, the declarations that it needs, and its text. Each is a module, and all are
 * one program.
 */
type Case = readonly [type: string, text: string, declarations?: string];

const tree = "interface Tree { value: number; children: Tree[] }";
const user = `class User {
  #secret = 1; private age = 3; static count = 0;
  constructor(readonly name: string) {}
  get upper() { return this.name; } greet() {} onChange: () => void = () => {};
  [Symbol.iterator]() {}
}`;

const cases: Record<string, readonly Case[]> = {
  "fields are sorted, with their optional marks": [
    [
      "{ tags: string[]; id: number; createdAt: Date; nick?: string }",
      "{createdAt:Date,id:number,nick?:string,tags:string[]}",
    ],
    ["{ 'a-b': 1; a: 2 }", '{"a-b":1,a:2}'],
  ],
  "readonly, undefined of optional fields, and names of types make no difference": [
    ["{ a?: string | undefined }", "{a?:string}"],
    ["Readonly<{ a: readonly string[] }>", "{a:string[]}"],
    ["A", "{b:{c:number}}", "interface A { b: B } type B = { c: number }"],
    ["Pick<A, 'b'> & { c: 1 }", "{b:string,c:1}", "interface A { b: string; z: number }"],
  ],
  "unions are sorted by text, booleans and duplicates are one": [
    ["string | null | 'a' | undefined", "null|string|undefined"],
    ["true | false | null", "boolean|null"],
    ["('b' | 'a')[]", '("a"|"b")[]'],
    ["{ k: 'b'; v: 1 } | { k: 'a'; v: 2 }", '{k:"a",v:2}|{k:"b",v:1}'],
  ],
  "literals, tuples, records, enums by their values, brands as what they brand": [
    ["[1, -2n, 'x', true]", '[1,-2n,"x",true]'],
    ["[a: string, b?: number | null, ...rest: boolean[]]", "[string,(null|number)?,...boolean]"],
    ["Record<string, number>", "{[string]:number}"],
    ["Record<'a' | 'b', number>", "{a:number,b:number}"],
    ["E | null", '"b"|0|null', "enum E { A, B = 'b' }"],
    ["string & { readonly __brand: 'id' }", "string"],
    ["`user-${number}`", "string"],
  ],
  "built-ins stand by their names": [
    ["Map<string, Date>", "Map<string,Date>"],
    ["ReadonlySet<number>", "Set<number>"],
    ["{ a: Buffer; b: Uint8Array; c: RegExp; d: URL }", "{a:Buffer,b:Uint8Array,c:RegExp,d:URL}"],
    ["Failure", "Error&{code:number}", "class Failure extends Error { code = 1 }"],
    [
      "Rows",
      "Array&{[number]:string,total:number}",
      "interface Rows extends Array<string> { total: number }",
    ],
  ],
  "of a class the fields count: no methods, no accessors, no private names": [
    ["User", "{age:number,name:string}", user],
    [
      "Money",
      "{cents:number,toJSON():string}",
      "class Money { cents = 1; toJSON() { return String(this.cents); } }",
    ],
  ],
  "a type that recurs refers to itself, however it is unrolled": [
    ["Tree", "{children:^2[],value:number}", tree],
    ["{ value: number; children: Tree[] }", "{children:^2[],value:number}", tree],
    [
      "{ value: number; children: { value: number; children: Tree[] }[] }",
      "{children:^2[],value:number}",
      tree,
    ],
    ["Json", "^2[]|string|{[string]:^2}", "type Json = string | Json[] | { [name: string]: Json }"],
  ],
  "generics are instantiated": [
    [
      "Page<{ id: number }>",
      "{items:{id:number}[],next:null|string}",
      "interface Page<T> { items: T[]; next: string | null }",
    ],
  ],
};

const all = Object.values(cases).flat();
const typeTexts = fingerprints(
  compiler,
  Object.fromEntries(
    all.map(([type, , declarations = ""], i) => [
      `case${i}.ts`,
      `${declarations}\nexport declare function f${i}(): Promise<${type}>;`,
    ]),
  ),
);

for (const [title, group] of Object.entries(cases)) {
  test(title, (t) => {
    for (const one of group) t.is(typeTexts[`f${all.indexOf(one)}`]?.text, one[1], one[0]);
  });
}

test("equal structures have one hash, however they are written", (t) => {
  const found = Object.values(typeTexts).filter(
    ({ text }) => text === "{children:^2[],value:number}",
  );
  const hashes = found.map(({ hash }) => hash);
  t.is(hashes.length, 3);
  t.is(new Set(hashes).size, 1);
});

const models = Array.from({ length: 40 }, (_, i) => `M${i}`);
const fields = models.map((name) => `${name.toLowerCase()}: ${name}`).join("; ");
const schema = models
  .map((name, i) => `interface ${name} { id${i}: number; ${fields} }`)
  .join("\n");
const more = fingerprints(compiler, {
  "batch.ts": `
    export declare function batchA(...ids: number[]): Promise<({ id: number } | null)[]>;
    export declare function batchB(...ids: number[]): Promise<Map<number, { id: number }>>;
    export declare function batchC(...ids: number[]): Promise<[string, string]>;`,
  "names.ts": `
    interface A { a: 1 } type B = { b: 1 }
    export declare function fA(): Promise<A | null>;
    export declare function fB(): Promise<readonly B[]>;
    export declare function fC(): Promise<{ c: 1 }>;`,
  "generic.ts": `
    interface Nest<T> { value: T; next: Nest<T[]> | null }
    export declare function fNest(): Promise<Nest<number>>;
    export declare function fGeneric<T extends { id: number }>(): Promise<T>;`,
  "schema.ts": `${schema}\nexport declare function fSchema(): Promise<M0>;`,
  "turned.ts": `${schema.split("\n").reverse().join("\n")}\nexport declare function fTurned(): Promise<M0>;`,
  "changed.ts": `${schema.replace("id39: number", "id39: string")}\nexport declare function fChanged(): Promise<M0>;`,
});

test("in a batch, one element counts", (t) => {
  const found = ["batchA", "batchB", "batchC"].map((name) => more[name]?.text);
  t.deepEqual(found, ["null|{id:number}", "{id:number}", "string"]);
});

test("the record's name is known, alone, beside null and in lists", (t) => {
  const found = ["fA", "fB", "fC"].map((name) => more[name]?.typeName);
  t.deepEqual(found, ["A", "B", null]);
});

test("a generic that grows without end is cut off, one that is not instantiated is represented by its constraint", (t) => {
  t.true(more["fNest"]?.text.includes("…"));
  t.is(more["fGeneric"]?.text, "generic<{id:number}>");
});

test("a change deep in a large schema whose parts refer to each other changes the hash, though the text is cut", (t) => {
  t.is(more["fSchema"]?.hash, more["fTurned"]?.hash);
  t.not(more["fSchema"]?.hash, more["fChanged"]?.hash);
  t.is(more["fSchema"]?.text, more["fChanged"]?.text);
});

const sample = {
  "a.ts": `
    import type { Order, Status } from "./b.js";
    export interface User { id: number; name: string; orders: Order[]; manager?: User | null; tags: Set<string>; avatar: Buffer }
    export async function fInferred(id: number) {
      const users: User[] = [];
      return users.map((user) => ({ ...user, status: "open" as Status, at: new Date(), raw: new Uint8Array(id) })).filter((u) => u !== null);
    }
    export async function fUser(): Promise<User | null> { return null; }
    export async function fSettled() { return Promise.allSettled([fUser(), fInferred(1)]); }
    export async function fEntries(map: Map<string, User>) { return Object.fromEntries([...map].map(([k, v]) => [k, v.orders.length] as const)); }
    export async function fMapped(): Promise<{ [K in keyof User as \`get\${Capitalize<K>}\`]?: User[K] }> { return {}; }
    export async function fLarge(): Promise<Partial<Record<Status, Omit<Order, "lines">>>> { return {}; }
    export async function fError() { return { error: new RangeError("x"), cause: new AggregateError([]), url: new URL("http://x") }; }
    export async function* fGenerator() { yield 1; }
    export class Money { readonly #cents = 5n; constructor(readonly currency: "EUR" | "USD") {} toJSON() { return { currency: this.currency }; } }
    export async function fMoney() { return new Map([[1, new Money("EUR")]]); }
  `,
  "b.ts": `
    import type { User } from "./a.js";
    export enum Kind { Small, Large = 10, Other = "other" }
    export type Status = "open" | "closed" | "lost";
    export interface Order { lines: Line[]; kind: Kind; buyer: User; status: Status; note: string | null | undefined; total: bigint }
    export type Line = { readonly sku: \`sku-\${string}\`; amount: number; nested: Line | [Line, ...Order[]] };
    export async function fOrders(): Promise<ReadonlyMap<Kind, readonly Order[]>> { return new Map(); }
  `,
};

test("it is the same in another checkout, with files and declarations in another order", (t) => {
  const expected = fingerprints(compiler, sample);
  const swapped = {
    "b.ts": sample["b.ts"],
    "a.ts":
      sample["a.ts"].replace('import type { Order, Status } from "./b.js";', "") +
      'import type { Status, Order } from "./b.js";',
  };
  const turned = sample["b.ts"]
    .replace('"open" | "closed" | "lost"', '"lost" | "open" | "closed"')
    .replace("string | null | undefined", "undefined | null | string");
  t.deepEqual(fingerprints(compiler, swapped), expected);
  t.deepEqual(fingerprints(compiler, { ...sample, "b.ts": turned }), expected);
  t.is(
    expected["fUser"]?.text,
    'null|{avatar:Buffer,id:number,manager?:^2,name:string,orders:{buyer:^3,kind:"other"|0|10,lines:{amount:number,nested:[^3,...^5]|^2,sku:string}[],note:null|string|undefined,status:"closed"|"lost"|"open",total:bigint}[],tags:Set<string>}',
  );
});

for (const other of compilers.slice(1)) {
  test(`TypeScript ${other.version} and ${compiler.version} agree`, (t) => {
    t.deepEqual(fingerprints(other, sample), fingerprints(compiler, sample));
  });
}
