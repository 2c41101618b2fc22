import { execFile, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import test from "ava";

const repository = resolve(__dirname, "../../..");
const main = join(repository, "dist/transformer/command-line/main.js");
const root = mkdtempSync(join(tmpdir(), "zcache-build-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));

const service = `import { type Row } from "./row.js";
let loads = 0;
// @zcache ttl: 10m
export async function load(id: number): Promise<Row> {
  loads++;
  if (id < 0) throw new Error("negative");
  return { id, load: loads };
}
export class Shop {
  private tenant = "a";
  // @zcache key: "price:{this.tenant}:{id}"
  async price(id: number): Promise<string> {
    return this.tenant + id;
  }
}
`;

const entry = `import { keysOf } from "zcache";
import { load, Shop } from "./service.js";
const shop = new Shop();
const rows = [await load(5), await load(5), await shop.price.refresh(1)];
const stack = await load(-1).catch((error: Error) => error.stack as string);
console.log(JSON.stringify({ rows, keys: keysOf(load, 5), where: /service\\.ts:\\d+:\\d+/.exec(stack as string)?.[0] }));
`;

function createProject(
  name: string,
  files: Record<string, string> = {},
  compiler = "typescript",
): string {
  const directory = join(root, name);
  const options = {
    rootDir: "src",
    outDir: "out",
    target: "es2022",
    module: "nodenext",
    strict: true,
    declaration: true,
  };
  const tsconfig = {
    compilerOptions: {
      ...options,
      sourceMap: true,
      skipLibCheck: true,
      types: ["node"],
      plugins: [{ name: "zcache", namespace: "v3" }],
    },
    include: ["src"],
  };
  const all: Record<string, string> = {
    "package.json": JSON.stringify({ name: "shop", type: "module" }),
    "tsconfig.json": JSON.stringify(tsconfig),
    "src/row.ts": "export interface Row { id: number; load: number }\n",
    "src/service.ts": service,
    "src/main.ts": entry,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  mkdirSync(join(directory, "node_modules/@types"), { recursive: true });
  for (const [name, installed] of [
    ["typescript", compiler],
    ...["@types/node", "js-yaml", "ms"].map((one) => [one, one] as const),
  ] as const)
    symlinkSync(join(repository, "node_modules", installed), join(directory, "node_modules", name));
  symlinkSync(repository, join(directory, "node_modules/zcache"));
  return directory;
}

function run(directory: string, ...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const env = { ...process.env, NODE_OPTIONS: "" };
    execFile(process.execPath, args, { cwd: directory, env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

test("zcache build compiles with the cache in it: keys of the entry's options, operations, exact places, tsc's own declarations", async (t) => {
  const directory = createProject("plain");
  const { code, output } = await run(directory, main, "build");
  t.is(code, 0, output);
  const ran = await run(directory, "--enable-source-maps", "out/main.js");
  t.deepEqual(
    JSON.parse(ran.output),
    {
      rows: [{ id: 5, load: 1 }, { id: 5, load: 1 }, "a1"],
      keys: ["v3:shop.service.load|5"],
      where: "service.ts:6:21",
    },
    ran.output,
  );
  const tsc = join(directory, "node_modules/typescript/bin/tsc");
  await run(directory, tsc, "--outDir", "plain");
  for (const file of ["service.d.ts", "main.d.ts", "row.d.ts"])
    t.is(
      readFileSync(join(directory, "out", file), "utf8"),
      readFileSync(join(directory, "plain", file), "utf8"),
    );
});

for (const compiler of ["typescript", "typescript-7"])
  test(`options on the command line count as those of the tsconfig do, with ${compiler}`, async (t) => {
    const directory = createProject(`options-of-${compiler}`, {}, compiler);
    const name = basename(directory);
    const options = ["--outDir", `${name}/built`, "--target", "es2017", "--removeComments"];
    const shown = ["--sourceMap", "false", "--listEmittedFiles"];
    const { code, output } = await run(root, main, "build", "-p", name, ...options, ...shown);
    t.is(code, 0, output);
    t.regex(output, /built\/main\.js/);
    const ran = await run(directory, "built/main.js");
    t.deepEqual(JSON.parse(ran.output).keys, ["v3:shop.service.load|5"], ran.output);
    const compiled = readFileSync(join(directory, "built/service.js"), "utf8");
    // This target has no class fields, and neither comments nor maps were asked for.
    t.notRegex(compiled, /^\s*tenant = |sourceMappingURL|@zcache/m);
    t.regex(compiled, /this\.tenant = "a"/);
    t.deepEqual(
      readdirSync(join(directory, "built")).filter((one) => one.endsWith(".map")),
      [],
    );
    t.throws(() => readFileSync(join(directory, "out/main.js")));
  });

test("a source on the command line is refused, because zcache build compiles projects", async (t) => {
  const directory = createProject("single-file");
  const { code, output } = await run(directory, main, "build", "src/main.ts");
  t.is(code, 1, output);
  t.regex(output, /compiles projects and no single files\. Name src\/main\.ts in a tsconfig\.json/);
});

test("mistakes, findings that need types, and the compiler's errors are shown, and the build fails", async (t) => {
  const directory = createProject("broken", {
    "src/broken.ts": `// @zcache ttl: soon
export async function a(id: number): Promise<number> { return id; }
export class Leaking {
  constructor(private readonly tenant: string) {}
  // @zcache key: "bill:{id}"
  async bill(id: number): Promise<string> { return this.tenant + id; }
}
export const wrong: string = 1;
`,
  });
  const { code, output } = await run(directory, main, "build");
  t.is(code, 2, output);
  t.regex(output, /src\/broken\.ts:1:17: error TS990203: /);
  t.regex(output, /src\/broken\.ts:5:\d+: error TS990303: /);
  t.regex(output, /src\/broken\.ts\(8,14\): error TS2322/);
});

test("--noEmit writes nothing and fails with mistakes", async (t) => {
  const directory = createProject("no-emit", {
    "src/broken.ts": "// @zcache ttl: soon\nexport async function a() { return 1; }\n",
  });
  const { code, output } = await run(directory, main, "build", "--noEmit");
  t.is(code, 2, output);
  t.regex(output, /broken\.ts:1:17: error TS990203/);
  t.throws(() => readFileSync(join(directory, "out/main.js")));
});

test("after a plain tsc, an incremental build has the cache in it", async (t) => {
  const directory = createProject("incremental");
  await run(directory, join(directory, "node_modules/typescript/bin/tsc"), "--incremental");
  t.notRegex(readFileSync(join(directory, "out/service.js"), "utf8"), /zcache\/runtime/);
  const { code, output } = await run(directory, main, "build", "--incremental");
  t.is(code, 0, output);
  t.regex(readFileSync(join(directory, "out/service.js"), "utf8"), /zcache\/runtime/);
});

const projectOptions = {
  rootDir: ".",
  outDir: "../out",
  target: "es2022",
  module: "nodenext",
  types: ["node"],
};

/** Writes two projects, one of which references the other, and a solution over both. */
function createSolution(name: string): string {
  const config = (references: string[]) =>
    JSON.stringify({
      compilerOptions: {
        ...projectOptions,
        ...{
          composite: true,
          strict: true,
          skipLibCheck: true,
          plugins: [{ name: "zcache", namespace: "v3" }],
        },
      },
      include: ["."],
      references: references.map((path) => ({ path })),
    });
  return createProject(name, {
    "src/row.ts": "",
    "src/service.ts": "",
    "src/main.ts": "",
    "tsconfig.json": JSON.stringify({
      files: [],
      references: [{ path: "./app" }, { path: "./core" }],
    }),
    "core/tsconfig.json": config([]).replace("../out", "../out/core"),
    "core/service.ts": service.replace(
      'import { type Row } from "./row.js";',
      "interface Row { id: number; load: number }",
    ),
    "app/tsconfig.json": config(["../core"]).replace("../out", "../out/app"),
    "app/main.ts": entry.replaceAll("./service.js", "../core/service.js"),
  });
}

test("zcache build -b compiles what is referenced, with the cache in it, and again after an edit", async (t) => {
  const directory = createSolution("solution");
  for (const [from, to, load] of [
    ["", "", 1],
    ["load: loads }", "load: loads + 100 }", 101],
  ] as const) {
    const file = join(directory, "core/service.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
    const { code, output } = await run(directory, main, "build", "-b");
    t.is(code, 0, output);
    // The sources import each other by their paths, and so do the built files: out/app is beside
    // out/core.
    const ran = await run(directory, "--enable-source-maps", "out/app/main.js");
    const { rows, keys } = JSON.parse(ran.output) as { rows: unknown[]; keys: string[] };
    t.deepEqual(
      [rows, keys],
      [[{ id: 5, load }, { id: 5, load }, "a1"], ["v3:shop.core.service.load|5"]],
      ran.output,
    );
  }
});

test("zcache build -w compiles again after an edit, and goes on after a mistake", async (t) => {
  const directory = createProject("watching");
  const child = spawn(process.execPath, [main, "build", "-w"], {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  t.teardown(() => child.kill());
  let output = "";
  const waiting: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const look of waiting) look();
    });
  const told = (pattern: RegExp): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        if (!pattern.test(output)) return;
        output = "";
        waiting.length = 0;
        done();
      };
      waiting.push(look);
      look();
    });
  const compiled = /zcache: \d+ files? compiled with the cache/;
  await told(compiled);
  const file = join(directory, "src/service.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("ttl: 10m", "ttl: soon"));
  await told(/service\.ts:3:17: error TS990203/);
  writeFileSync(file, text.replace("load: loads }", "load: loads + 100 }"));
  // A compilation that the mistake has started may report after the edit, and before the
  // compilation that the edit has started.
  let ran = "";
  while (!ran.includes('"load":101')) {
    await told(compiled);
    ({ output: ran } = await run(directory, "out/main.js"));
  }
  t.regex(ran, /"load":101/);
});

test("doctor says what is not set up, and what is uncompiled in the output folder", async (t) => {
  const directory = createProject("doctor");
  const manifest = {
    name: "shop",
    type: "module",
    devDependencies: { typescript: "5", vite: "8" },
  };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
  await run(directory, join(directory, "node_modules/typescript/bin/tsc"));
  const before = await run(directory, main, "doctor");
  t.is(before.code, 1);
  t.regex(before.output, /✘ vite: not set up\. .* add the plugin from "zcache\/vite"/);
  t.regex(before.output, /✘ out: 0 of 2 functions with a @zcache comment are compiled/);
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ ...manifest, scripts: { build: "zcache build" } }),
  );
  await run(directory, main, "build");
  const after = await run(directory, main, "doctor");
  t.is(after.code, 0, after.output);
  t.regex(after.output, /✔ out: 2 of 2 functions/);
});
