import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import test from "ava";
import { transformSync } from "esbuild";

const repository = resolve(__dirname, "../../..");
const main = join(repository, "dist/transformer/command-line/main.js");
const root = mkdtempSync(join(tmpdir(), "zcache-transform-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));

function createProject(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(root, name);
  const all = {
    "package.json": '{ "name": "shop", "type": "module" }',
    "tsconfig.json": "{}",
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(repository, join(directory, "node_modules/zcache"));
  return directory;
}

function zcache(directory: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "transform", ...args], {
    cwd: directory,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

const service = `import { keysOf } from "zcache";
let loads = 0;
// @zcache ttl: 10m
export async function load(id: number): Promise<string> {
  if (id < 0) throw new Error("negative");
  return id + " " + ++loads;
}
export const run = async () => [await load(1), await load(1), await load.refresh(1), ...keysOf(load, 1)];
export const where = async () => load(-1).catch((error: Error) => /service\\.ts:\\d+:\\d+/.exec(error.stack!)?.[0]);
`;

test("a copy of the sources, compiled by a command line without plugins, is cached under the same keys and keeps its places", (t) => {
  const directory = createProject("copied", {
    "src/service.ts": service,
    "src/deep/data.json": "{}",
    "src/main.ts":
      'import { run, where } from "./service.js";\nconsole.log(JSON.stringify([await run(), await where()]));\n',
  });
  const { status, output } = zcache(directory, "src", "--out", ".zcache", "--without-type-checks");
  t.is(status, 0, output);
  t.regex(output, /1 file rewritten/);
  t.is(readFileSync(join(directory, ".zcache/deep/data.json"), "utf8"), "{}");
  mkdirSync(join(directory, "out"));
  for (const name of ["service", "main"]) {
    const sourcefile = join(directory, `.zcache/${name}.ts`);
    const options = { loader: "ts", format: "esm", sourcemap: "inline", sourcefile } as const;
    writeFileSync(
      join(directory, `out/${name}.js`),
      transformSync(readFileSync(sourcefile, "utf8"), options).code,
    );
  }
  const ran = spawnSync(
    process.execPath,
    ["--enable-source-maps", join(directory, "out/main.js")],
    {
      encoding: "utf8",
    },
  );
  t.deepEqual(
    JSON.parse(ran.stdout),
    [["1 1", "1 1", "1 2", "shop.service.load|1"], "service.ts:5:21"],
    ran.stderr,
  );
});

test("mistakes are shown with their places, by an exit code for scripts", (t) => {
  const directory = createProject("mistaken", {
    "src/a.ts": "// @zcache ttl: soon\nexport async function load(id: number) { return id; }\n",
  });
  const { status, output } = zcache(directory, "src", "-o", ".zcache", "--without-type-checks");
  t.is(status, 1);
  t.regex(output, /src\/a\.ts:1:17: error TS990\d{3}/);
});

test("what the checks find is shown once, although the tsconfig includes the copy as well", (t) => {
  const directory = createProject("checked", {
    "src/users.ts": `export class Users {
  constructor(private readonly tenant: string) {}
  // @zcache
  async load(id: number): Promise<string> {
    return this.tenant + id;
  }
}
`,
  });
  for (const turn of ["first", "again"]) {
    const { status, output } = zcache(directory, "src", "--out", "copy");
    t.is(status, 1, output);
    t.deepEqual(output.match(/[\w/]+\.ts:\d+/g), ["src/users.ts:3"], turn);
  }
});

test("a copy within the sources, or without a place, is refused", (t) => {
  const directory = createProject("refused", { "src/a.ts": "" });
  for (const args of [["src"], ["src", "-o", "src/copy"], ["src", "-o", "."], ["src", "-o", "src"]])
    t.regex(zcache(directory, ...args).output, /--out/, args.join(" "));
});
