import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import ts from "typescript";
import { createTransformer } from "../../../transformer";

/**
 * A cached function, and the one that it replaces, asked in every way in which a program can ask. The program runs on
 * the built package three times: compiled without zcache, compiled with it and disabled, and with the cache.
 */
const program = `
const table: Record<string, unknown> = {};
// @zcache
async function declared(this: unknown, id: number, _more = 1): Promise<unknown> { return describeThis(this, id); }
// @zcache
function plain(this: unknown, id: number): Promise<unknown> { return Promise.resolve(describeThis(this, id)); }
// @zcache
const arrow = async (id: number): Promise<unknown> => id;
// @zcache
const plainArrow = (id: number): Promise<unknown> => Promise.resolve(id);
// @zcache
const expression = async function (this: unknown, id: number): Promise<unknown> { return describeThis(this, id); };
// @zcache
const plainExpression = function (this: unknown, id: number): Promise<unknown> { return Promise.resolve(describeThis(this, id)); };
// @zcache
const named = async function self(this: unknown, id: number): Promise<unknown> {
  return id > 0 ? self.call(this, id - 1) : [self === table["named"], self.name, (self as { mark?: number }).mark];
};
class Service {
  // @zcache "method:{id}"
  async method(this: unknown, id: number): Promise<unknown> { return describeThis(this, id); }
  // @zcache "plain method:{id}"
  plainMethod(this: unknown, id: number): Promise<unknown> { return Promise.resolve(describeThis(this, id)); }
  // @zcache "static:{id}"
  static async fixed(this: unknown, id: number): Promise<unknown> { return describeThis(this, id); }
  // @zcache
  field = async (id: number): Promise<unknown> => id;
  // @zcache "private:{id}"
  async #hidden(this: unknown, id: number): Promise<unknown> { return describeThis(this, id); }
  get hidden() { return this.#hidden; }
}
const literal = {
  // @zcache "literal:{id}"
  async member(this: unknown, id: number): Promise<unknown> { return describeThis(this, id); },
  // @zcache "plain literal:{id}"
  plainMember(this: unknown, id: number): Promise<unknown> { return Promise.resolve(describeThis(this, id)); },
};
const holder: { assigned?: unknown } = {};
// @zcache "assigned:{0}"
holder.assigned = async (id: number): Promise<unknown> => id;
const service = new Service();
Object.assign(table, {
  declared, plain, arrow, plainArrow, expression, plainExpression, named, method: service.method, plainMethod: service.plainMethod,
  fixed: Service.fixed, field: service.field, hidden: service.hidden, member: literal.member, plainMember: literal.plainMember,
  assigned: holder.assigned,
});

/** Not of the same id twice, for a stored value is no description of its call. */
let nextId = 0;
function describeThis(self: unknown, id: number): string {
  return typeof self + " " + (self === undefined || self === null || typeof self !== "object" ? String(self) : self.constructor.name) + (id < 0 ? "!" : "");
}

async function ask(f: any): Promise<unknown> {
  const attempt = (run: () => unknown): string => { try { return String(run()); } catch (error) { return String(error).replace(/^.*is not/, "is not"); } };
  f.mark = 7;
  const own = await f(0);
  return {
    type: typeof f, name: f.name, length: f.length, tag: Object.prototype.toString.call(f), mark: f.mark,
    own: Reflect.ownKeys(f).map(String), keys: Object.keys(f),
    nameOf: Object.getOwnPropertyDescriptor(f, "name"), lengthOf: Object.getOwnPropertyDescriptor(f, "length"),
    hasPrototype: "prototype" in f, prototype: f.prototype && Object.getPrototypeOf(f.prototype) === Object.prototype && f.prototype.constructor === f,
    constructor: f.constructor.name, isFunction: f instanceof Function, isAsync: f instanceof (async () => {}).constructor,
    constructed: attempt(() => Object.prototype.toString.call(new f(++nextId))), instance: attempt(() => ({}) instanceof f),
    own_: own instanceof Array ? own : typeof own,
    isPromise: f(++nextId) instanceof Promise,
    detached: await (0, f)(++nextId), onNull: await f.call(null, ++nextId), onNumber: await f.call(5, ++nextId),
    onText: await f.apply("text", [++nextId]), bound: await f.bind(service)(++nextId), boundName: f.bind(service).name,
  };
}
`;

const stacks = String.raw`
// @zcache
async function declared(id: number): Promise<unknown> { if (id < 0) throw new Error("at once"); await null; throw new Error("late"); }
// @zcache
const arrow = async (id: number): Promise<unknown> => { if (id < 0) throw new Error("at once"); await null; throw new Error("late"); };
// @zcache
function plain(id: number): Promise<unknown> { return id < 0 ? Promise.reject(new Error("rejected")) : later(); }
async function later(): Promise<never> { await null; throw new Error("late"); }
class Service {
  // @zcache "method:{id}"
  async method(id: number): Promise<unknown> { if (id < 0) throw new Error("at once"); await null; throw new Error("late"); }
  // @zcache "outer:{id}"
  async outer(id: number): Promise<unknown> { return [await this.method(id)]; }
  // @zcache batch, key: "many:{id}"
  async many(ids: number[]): Promise<unknown[]> { if ((ids[0] as number) < 0) throw new Error("at once"); await null; throw new Error("late"); }
}
const service = new Service();
function asksDeclared(id: number): Promise<unknown> { return declared(id); }
function asksMethod(id: number): Promise<unknown> { return service.method(id); }
function asksOuter(id: number): Promise<unknown> { return service.outer(id); }
function asksMany(id: number): Promise<unknown> { return service.many([id]); }
const asks = (id: number): Promise<unknown> => arrow(id);
const forms = { declared, arrow, plain, asksDeclared, asks, asksMethod, asksOuter, asksMany };
async function caller(f: (id: number) => Promise<unknown>, id: number): Promise<void> { await f(id); }
async function program(f: (id: number) => Promise<unknown>, id: number): Promise<void> { await Promise.all([caller(f, id)]); }
function namesIn(error: Error): string[] {
  const names = (error.stack as string).split("\n").flatMap((line) => /^ +at (?:async )?(?:\w+\.)?(\w+)/.exec(line)?.[1] ?? []);
  // Promise.all is there where its promise is awaited, and not where the function is being called.
  return names.slice(0, names.indexOf("program") + 1).filter((name) => name !== "all");
}
`;

const directory = mkdtempSync(join(tmpdir(), "zcache-same-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, "node_modules"));
symlinkSync(join(__dirname, "../../.."), join(directory, "node_modules/zcache"));
writeFileSync(join(directory, "package.json"), '{ "name": "same", "type": "module" }');

type Kind = "plain" | "disabled" | "cached";

/** What the program prints as JSON. */
function outputOf(source: string, name: string, kind: Kind): Record<string, unknown> {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const before = kind === "plain" ? [] : [createTransformer(ts, options)];
  const fileName = join(directory, `${name}.ts`);
  const { outputText } = ts.transpileModule(source, { fileName, compilerOptions: options, transformers: { before } });
  const file = join(directory, `${name}-${kind}.js`);
  writeFileSync(file, outputText);
  const env = { ...process.env, ZCACHE_DISABLED: kind === "disabled" ? "1" : "" };
  return JSON.parse(execFileSync(process.execPath, [file], { env, encoding: "utf8" })) as Record<string, unknown>;
}

const askAll = `${program}
const answers: Record<string, unknown> = {};
for (const [name, f] of Object.entries(table)) answers[name] = await ask(f);
console.log(JSON.stringify(answers));
`;

const failAll = `${stacks}
const answers: Record<string, unknown> = {};
for (const [name, f] of Object.entries(forms)) for (const id of [-1, 1])
  await program(f, id).catch((error: Error) => (answers[name + " " + error.message] = namesIn(error)));
console.log(JSON.stringify(answers));
`;

/** What is expected of the program's frames, where they differ from those of the plain program. */
function expectedOf(frames: readonly string[], name: string, kind: Kind): readonly string[] {
  // The promise is the one that the loader makes, so that nothing of ours can mend the stack of what it rejects with.
  if (kind === "disabled" && name === "plain rejected") return ["plain", "run", "call", "plain", "caller", "program"];
  // What fails at once fails later with the cache: those who await it are known then, and those who only called it are
  // not.
  if (kind === "cached" && !name.endsWith(" late")) return frames.filter((frame) => !frame.startsWith("asks"));
  return frames;
}

for (const kind of ["disabled", "cached"] as const) {
  test(`a function is what it was in every way that a program can ask (${kind})`, (t) => {
    const plain = outputOf(askAll, "asked", "plain");
    const own = outputOf(askAll, "asked", kind);
    t.is(Object.keys(plain).length, 15);
    for (const [name, answers] of Object.entries(plain)) t.deepEqual(own[name], answers, name);
  });

  test(`the stack of a loader's error has its callers (${kind})`, (t) => {
    const plain = outputOf(failAll, "failing", "plain") as Record<string, string[]>;
    const own = outputOf(failAll, "failing", kind) as Record<string, string[]>;
    t.is(Object.keys(plain).length, 16);
    for (const [name, frames] of Object.entries(plain)) t.deepEqual(own[name], expectedOf(frames, name, kind), name);
  });
}

test("every file of the package is strict", (t) => {
  for (const file of ["zcache", "index", "runtime", "codecs/structured-codec"])
    t.regex(readFileSync(join(__dirname, `../../../dist/runtime/${file}.js`), "utf8"), /^"use strict";/, file);
});

test("the classes of the package have their own names in its bundle", (t) => {
  const exported = require("../../../dist/runtime/zcache.js") as Record<string, { name: string }>;
  const names = Object.keys(exported).filter((name) => /^[A-Z]/.test(name));
  t.true(names.includes("RedisBackend"));
  t.deepEqual(
    names.map((name) => exported[name]?.name),
    names,
  );
});

test("a chain of thousands of operators compiles", (t) => {
  // Of numbers, because the compiler looks for each name by climbing to the top of the chain.
  const chain = `id${" + 1".repeat(5_000)}`;
  const source = `// @zcache\nexport async function sum(id: number): Promise<number> {\n  return ${chain};\n}\n`;
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const transformers = { before: [createTransformer(ts, options)] };
  const { outputText } = ts.transpileModule(source, { fileName: "chain.ts", compilerOptions: options, transformers });
  t.regex(outputText, /zc\.attach\(sum/);
});
