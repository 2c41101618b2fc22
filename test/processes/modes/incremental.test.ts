import test from "ava";
import { brokenDiagnostics } from "../../support/projects/shop";
import { createShop, moduleVariants } from "../../support/projects/variants";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

for (const variant of moduleVariants) {
  test.serial(
    `tspc --incremental, ${variant.name}: prints each problem in every run`,
    async (t) => {
      const shop = createShop(workspace, variant, "incremental");
      const compile = async (run: string): Promise<void> => {
        const { code, output, diagnostics } = await shop.tspc(["--incremental"]);
        t.deepEqual(diagnostics, brokenDiagnostics, `${run}:\n${output}`);
        t.not(code, 0, run);
      };
      await compile("the first run");
      await compile("nothing has changed");
      shop.edit("src/users.ts", "ttl: 10m", "ttl: 20m");
      await compile("a comment of another file has changed");
      t.regex(shop.read("out/users.js"), /ttlMs: 1200000/, "and is in what that file emits");
    },
  );
}

test.serial(
  "after a run without problems, an edit of a directive alone adds its problem, and the next edit removes it",
  async (t) => {
    const shop = workspace.create("comment-only", {
      files: { "src/a.ts": source, "src/b.ts": 'export * from "./a";\n' },
    });
    const compile = (): Promise<{ diagnostics: readonly string[] }> => shop.tspc(["--incremental"]);
    t.deepEqual((await compile()).diagnostics, []);
    shop.edit("src/a.ts", "ttl: 1m", "ttl: 1");
    const { diagnostics } = await compile();
    t.is(diagnostics.length, 1);
    t.regex(diagnostics[0] ?? "", /^src\/a\.ts\(1,17\): error TS990201: /);
    shop.edit("src/a.ts", "ttl: 1", "ttl: 1h");
    t.deepEqual((await compile()).diagnostics, []);
    t.regex(shop.read("out/a.js"), /ttlMs: 3600000/);
  },
);

test.serial(
  "an edit of a directive changes what its file emits and nothing else, and an incremental build writes that file",
  async (t) => {
    const dependent =
      'import { load } from "./a";\n// @zcache tags: ["b:{id}"]\nexport async function twice(id: number): Promise<number> {\n  return 2 * (await load(id));\n}\n';
    const shop = workspace.create("one-file", {
      options: { incremental: true, declaration: true, sourceMap: true },
      files: { "src/a.ts": source, "src/b.ts": dependent },
    });
    await shop.tspc();
    const before = shop.files("out");
    shop.edit("src/a.ts", "ttl: 1m", 'ttl: 2m, key: "other:{id}"');
    t.is((await shop.tspc()).code, 0);
    const after = shop.files("out");
    const changed = Object.keys(before).filter((path) => before[path] !== after[path]);
    t.deepEqual(
      changed.filter((path) => !path.endsWith(".tsbuildinfo")),
      ["a.js", "a.js.map"],
    );
    t.regex(after["a.js"] ?? "", /"other:"/);
    const whole = workspace.create("one-file-anew", {
      options: { incremental: true, declaration: true, sourceMap: true },
      files: { "src/a.ts": shop.read("src/a.ts"), "src/b.ts": dependent },
    });
    await whole.tspc();
    t.deepEqual(whole.files("out"), after, "a build from scratch gives the same files");
  },
);

const source =
  "// @zcache ttl: 1m\nexport async function load(id: number): Promise<number> {\n  return id;\n}\n";

test.serial(
  "an incremental build rewrites files that plain tsc has written, and files that were written with other options",
  async (t) => {
    const plain = "export const other = 1;\n";
    const shop = workspace.create("stale", {
      options: { incremental: true },
      files: { "src/a.ts": source, "src/b.ts": plain },
    });
    await shop.node([require.resolve("typescript/bin/tsc")]);
    t.notRegex(shop.read("out/a.js"), /zcache\/runtime/);
    t.is((await shop.tspc()).code, 0);
    t.regex(shop.read("out/a.js"), /zcache\/runtime/);
    shop.edit(
      "tsconfig.json",
      '"transformProgram":true',
      '"transformProgram":true,"namespace":"v2"',
    );
    t.is((await shop.tspc()).code, 0);
    t.regex(shop.read("out/a.js"), /namespace: "v2"/);
    await shop.node([require.resolve("typescript/bin/tsc")]);
    t.notRegex(shop.read("out/a.js"), /zcache\/runtime/);
  },
);

test.serial(
  "an incremental build rewrites files that were written when the package had another name",
  async (t) => {
    const plain = "export const other = 1;\n";
    const shop = workspace.create("renamed", {
      options: { incremental: true },
      files: { "package.json": '{ "name": "shop" }', "src/a.ts": source, "src/b.ts": plain },
    });
    await shop.tspc();
    t.regex(shop.read("out/a.js"), /"shop\.a\.load"/);
    shop.edit("package.json", '"shop"', '"store"');
    t.is((await shop.tspc()).code, 0);
    t.regex(shop.read("out/a.js"), /"store\.a\.load"/);
  },
);
