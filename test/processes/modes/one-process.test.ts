import test from "ava";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

const nodeTypes = { types: ["node"], lib: ["es2023"] };
/** Then the declarations of zcache are checked too, against what is installed. */
const checkedTypes = { ...nodeTypes, skipLibCheck: false };

test.serial("CommonJS files and ES modules of one process have one registry", async (t) => {
  const cached = (name: string): string =>
    `let calls = 0;\n// @zcache tags: ["all"]\nexport async function ${name}(id: number): Promise<number> {\n  return id + calls++;\n}\n`;
  const shop = workspace.create("both", {
    options: nodeTypes,
    files: {
      "src/old.cts": `import { configure, MemoryBackend, KeyError } from "zcache";\nexport const stored: string[] = [];\nexport const errors = { KeyError };\nconfigure({ namespace: "both", backend: new MemoryBackend(), onEvent: (event) => void (event.type === "store" && stored.push(event.key)) });\n${cached("fromOld")}`,
      "src/new.mts": cached("fromNew"),
      "src/main.mts": `import { idle, invalidateTag, KeyError } from "zcache";
import { fromNew } from "./new.mjs";
import { errors, fromOld, stored } from "./old.cjs";
const values = [await fromOld(1), await fromNew(1), await fromOld(1), await fromNew(1)];
await invalidateTag("all");
values.push(await fromOld(1), await fromNew(1));
await idle();
console.log(JSON.stringify({ values, stored, sameClass: errors.KeyError === KeyError }));
`,
    },
  });
  const { code, output } = await shop.tspc();
  t.is(code, 0, output);
  const ran = await shop.node(["out/main.mjs"]);
  const keys = ["both:shop.old.fromOld|1", "both:shop.new.fromNew|1"];
  t.deepEqual(
    JSON.parse(ran.output),
    { values: [1, 1, 1, 1, 2, 2], stored: [...keys, ...keys], sameClass: true },
    ran.output,
  );
});

const service = `import { configure, MemoryBackend, RedisBackend, type Backend } from "zcache";

export function choose(backend: Backend = new MemoryBackend()): void {
  configure({ backend });
}

export const fromClient = (client: ConstructorParameters<typeof RedisBackend>[0]): Backend => new RedisBackend(client);

let calls = 0;

// @zcache ttl: 10m
export async function load(id: number): Promise<number> {
  return id + calls++;
}

export async function main(): Promise<void> {
  choose();
  const values = [await load(1), await load(1), await load.refresh(1), await load(1)];
  await load.invalidate(1);
  values.push(await load(1), await load.nocache(1));
  console.log(JSON.stringify(values));
}

void main();
`;

test.serial("without ioredis, a project compiles with skipLibCheck off, and runs", async (t) => {
  const shop = workspace.create("no-ioredis", {
    options: checkedTypes,
    files: { "src/main.ts": service },
  });
  t.regex((await shop.node(["-p", 'require.resolve("ioredis")'])).output, /Cannot find module/);
  const { code, output } = await shop.tspc();
  t.is(code, 0, output);
  const ran = await shop.node(["out/main.js"]);
  t.deepEqual(JSON.parse(ran.output), [1, 1, 2, 2, 3, 4], ran.output);
});

test.serial(
  "without the plugin the source is plain TypeScript: tsc takes it, and the program runs uncached",
  async (t) => {
    const plain = service.replace(
      /^ {2}const values[^]*?(?=\s+console)/m,
      "  const values = [await load(1), await load(1)];",
    );
    for (const [name, packageJson] of [
      ["plain-commonjs", {}],
      ["plain-module", { type: "module" }],
    ] as const) {
      const shop = workspace.create(name, {
        options: { ...nodeTypes, plugins: [] },
        packageJson,
        files: { "src/main.ts": plain, "src/operations.ts": service },
      });
      const { code, output } = await shop.tsc();
      t.is(code, 0, output);
      const ran = await shop.node(["out/main.js"]);
      t.deepEqual(JSON.parse(ran.output), [1, 2], ran.output);
    }
  },
);

test.serial(
  "under module preserve, a CommonJS file requires the runtime, and a file with imports imports it",
  async (t) => {
    const options = { module: "preserve", target: "es2022", types: ["node"] };
    const body = (name: string): string =>
      `let calls = 0;\n// @zcache\nasync function ${name}(id: number): Promise<number> {\n  return id + calls++;\n}\n`;
    const print = (name: string): string =>
      `void (async () => console.log(JSON.stringify([await ${name}(1), await ${name}(1)])))();\n`;
    const shop = workspace.create("preserve", {
      options,
      files: {
        "src/shape.ts": "export interface Shape {\n  id: number;\n}\n",
        "src/equals.ts": `import type { Shape } from "./shape";\n${body("load")}const shape: Shape = { id: 1 };\nvoid shape;\nexport = load;\n`,
        "src/required.ts": `import load = require("./equals");\n${body("own")}void load(1);\n${print("own")}`,
        "src/script.ts": `${body("lone")}module.exports = { lone };\n${print("lone")}`,
        "src/old.cts": `${body("old")}${print("old")}export = old;\n`,
        "src/new.mts": `${body("fresh")}export { fresh };\n${print("fresh")}`,
        // TypeScript leaves the export as it is, because the bundler makes CommonJS of it.
        "src/bundled.cts": `${body("kept")}export { kept };\n`,
      },
    });
    const { code, output } = await shop.tspc();
    t.is(code, 0, output);
    t.regex(shop.read("out/bundled.cjs"), /^import \* as zc from "zcache\/runtime";/);
    for (const file of ["required.js", "script.js", "old.cjs", "new.mjs"]) {
      const ran = await shop.node([`out/${file}`]);
      t.is(ran.output, "[1,1]\n", file);
    }
  },
);

test.serial(
  "other transformers run in the order of tsconfig, and read zcache's output as the user's own code",
  async (t) => {
    // As Nest's plugin does, it reads decorators, comments and texts of nodes, and writes what it
    // saw.
    const other = `module.exports = () => (context) => (file) => {
  const ts = require("typescript");
  const seen = [];
  const visit = (node) => {
    const isWanted = (ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node)) && node.getSourceFile();
    if (isWanted) seen.push(node.getSourceFile().fileName.replace(/.*\\//, "") + " " + /Says \\w+/.exec(node.getFullText()));
    return ts.visitEachChild(node, visit, context);
  };
  const visited = ts.visitEachChild(file, visit, context);
  const made = file.statements.some((one) => one.pos < 0);
  ts.sys.write("seen " + (made ? "behind: " : "ahead: ") + seen.join(", ") + "\\n");
  return visited;
};
`;
    const source = `function marked(_target: object, _name: string, _descriptor: PropertyDescriptor): void {}
export class Service {
  /** Says method. */
  // @zcache "method:{id}"
  @marked
  async load(id: number): Promise<number> { return id; }
}
/** Says declaration. */
// @zcache
export async function load(id: number): Promise<number> { return id; }
`;
    const own = { name: "zcache", transform: "zcache/transformer", transformProgram: true };
    const theirs = { transform: "./other.cjs" };
    for (const [name, plugins] of Object.entries({ behind: [own, theirs], ahead: [theirs, own] })) {
      const options = { plugins, experimentalDecorators: true };
      const shop = workspace.create(`order-${name}`, { options, files: { "src/main.ts": source } });
      shop.write("other.cjs", other);
      const { code, output } = await shop.tspc();
      t.is(code, 0, output);
      t.regex(
        output,
        new RegExp(
          `^seen ${name}: main.ts null, main.ts Says method, main.ts Says declaration$`,
          "m",
        ),
      );
      t.regex(shop.read("out/main.js"), /zc\.decorate\(load_plan/);
    }
  },
);
