import test from "ava";
import ts from "typescript";
import { checkSource } from "./check-source";

function returning(type: string, before = ""): string[] {
  return checkSource(
    `${before}\n// @zcache\nexport async function load(id: number): Promise<${type}> { return id as never; }`,
  );
}

function withBody(body: string): string[] {
  return checkSource(
    `// @zcache\nexport async function load(id: number): Promise<number> {\n${body}\n}`,
  );
}

test("what belongs to one caller or process is named, with what to return instead", (t) => {
  t.deepEqual(returning("Response"), [
    "2:4 @zcache: load can't be cached: the result is a Response. It can be read once, by one caller. Return the part that is needed, such as its parsed body. [zcache/unshareable-result]",
  ]);
  t.regex(
    returning("{ pages: AsyncGenerator<string> }")[0] ?? "",
    /pages is an AsyncGenerator\. It can be read once\. Collect it into an array\./,
  );
  t.regex(returning("() => number")[0] ?? "", /the result is a function\./);
});

test("it is found in unions and lists, and by the classes it extends", (t) => {
  t.is(returning("null | Response[]").length, 1);
  t.is(
    returning("Upload", `import { Readable } from "node:stream"; class Upload extends Readable {}`)
      .length,
    1,
  );
  t.is(
    returning(
      "Express",
      `import { ServerResponse } from "node:http"; interface Express extends ServerResponse { locals: {} }`,
    ).length,
    1,
  );
});

test("the user's own types may have such names", (t) => {
  t.deepEqual(returning("Response", "interface Response { body: string }"), []);
  t.deepEqual(returning("Iterator", "interface Iterator { at: number }"), []);
});

test("a user's own codec can't share it either", (t) => {
  const source = `// @zcache codec: own\nexport async function load(url: string): Promise<Response> { return fetch(url); }`;
  t.is(checkSource(source, { plugin: { codecs: ["own"] } }).length, 1);
});

test("a function that returns nothing has nothing to cache", (t) => {
  for (const type of ["void", "undefined", "never"]) {
    t.deepEqual(returning(type), [
      `2:4 @zcache: load returns ${type}: there is nothing to cache, and what it does would not be done again. Remove the directive, or return a value. [zcache/nothing-to-cache]`,
    ]);
  }
  t.deepEqual(returning("string | undefined"), []);
});

test("a hint names the calls, their lines, and what they depend on", (t) => {
  t.deepEqual(withBody("const now = Date.now();\nreturn now + Math.random();"), [
    "1:4 @zcache: load calls Date.now() on line 3, Math.random() on line 4: its result depends on the moment and chance, and all callers would get the first caller's. Pass it as an argument, or leave it to the caller. [zcache/undetermined-result]",
  ]);
});

test("calls that only measure, log, throw or wait are accepted", (t) => {
  for (const body of [
    "const start = Date.now(); console.log(Date.now() - start); return id;",
    "const start = performance.now(); await fetch(`${id}`); const took = performance.now() - start; console.log(took); return id;",
    "console.log(new Date()); return id;",
    "if (id < 0) throw new Error(`${Date.now()}`); return id;",
    "await new Promise((resolve) => setTimeout(resolve, Math.random() * 100)); return id;",
    "return new Date(id).getTime();",
  ]) {
    t.deepEqual(withBody(body), [], body);
  }
});

test("a start that is returned as well is a moment", (t) => {
  t.is(
    withBody("const start = Date.now(); console.log(Date.now() - start); return start;").length,
    1,
  );
});

test("a module that is called like a function is not a member", (t) => {
  const source = `import settings from "../../../package.json";\n// @zcache\nexport async function load(id: number): Promise<number> { return settings(id); }`;
  const compilerOptions = {
    resolveJsonModule: true,
    esModuleInterop: true,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    module: ts.ModuleKind.ESNext,
  };
  t.deepEqual(checkSource(source, { compilerOptions }), []);
});
