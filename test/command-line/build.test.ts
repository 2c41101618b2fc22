import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import test from "ava";

const repository = resolve(__dirname, "../..");
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

function createProject(name: string, files: Record<string, string> = {}): string {
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
  for (const name of ["typescript", "@types/node", "js-yaml", "ms"])
    symlinkSync(join(repository, "node_modules", name), join(directory, "node_modules", name));
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
    t.is(readFileSync(join(directory, "out", file), "utf8"), readFileSync(join(directory, "plain", file), "utf8"));
});

test("mistakes, what only types tell and the compiler's errors are shown, and the build fails", async (t) => {
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

test("doctor says what is not set up, and what lies in the output folder uncompiled", async (t) => {
  const directory = createProject("doctor");
  const manifest = { name: "shop", type: "module", devDependencies: { typescript: "5", vite: "8" } };
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
  await run(directory, join(directory, "node_modules/typescript/bin/tsc"));
  const before = await run(directory, main, "doctor");
  t.is(before.code, 1);
  t.regex(before.output, /✘ vite: not set up\. .* add the plugin from "zcache\/vite"/);
  t.regex(before.output, /✘ out: 0 of 2 functions with a @zcache comment are compiled/);
  writeFileSync(join(directory, "package.json"), JSON.stringify({ ...manifest, scripts: { build: "zcache build" } }));
  await run(directory, main, "build");
  const after = await run(directory, main, "doctor");
  t.is(after.code, 0, after.output);
  t.regex(after.output, /✔ out: 2 of 2 functions/);
});
