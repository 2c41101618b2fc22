import { cpSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

const source =
  "// @zcache\nexport async function load(id: number): Promise<number> {\n  return id;\n}\n";
const main =
  'import { load } from "./services/user";\n// @zcache\nexport async function twice(id: number): Promise<number> {\n  return 2 * (await load(id));\n}\n';

test.serial(
  "the emitted files are the same whichever directory the build runs in and wherever the checkout is",
  async (t) => {
    const files = { "src/services/user.ts": source, "src/main.ts": main };
    const shop = workspace.create("here/shop", { files });
    await shop.tspc();
    const emitted = shop.files("out");
    t.regex(emitted["services/user.js"] ?? "", /name: "shop\.services\.user\.load"/);

    const emitFrom = async (
      args: readonly string[],
      cwd: string,
    ): Promise<Record<string, string>> => {
      t.is((await shop.tspc([...args, "--outDir", join(shop.directory, "again")], cwd)).code, 0);
      return shop.files("again");
    };
    t.deepEqual(
      await emitFrom(["-p", "shop"], join(shop.directory, "..")),
      emitted,
      "from the folder above",
    );
    t.deepEqual(
      await emitFrom(["-p", "../.."], join(shop.directory, "src/services")),
      emitted,
      "from a folder inside",
    );

    const elsewhere = workspace.create("quite/elsewhere/checkout", { files });
    cpSync(join(shop.directory, "src"), join(elsewhere.directory, "src"), { recursive: true });
    await elsewhere.tspc();
    t.deepEqual(elsewhere.files("out"), emitted, "another checkout");
  },
);

const collidingFiles = { "src/a.b.ts": source, "src/a/b.ts": source, "src/other.ts": source };
const collision =
  /^src\/a[./]b\.ts\(1,4\): error TS990401: load has the same default key as load in (a\.)?b\.ts: "shop\.a\.b\.load\|…"\. .* \[zcache\/duplicate-key\]$/;

for (const args of [[], ["--noEmit"], ["--noEmitOnError"], ["--incremental"], ["-b"]]) {
  test.serial(
    `two files with one default key are a problem for tspc ${args.join(" ")}`,
    async (t) => {
      const shop = workspace.create(`collision${args.join("")}`, {
        files: collidingFiles,
        options: args[0] === "-b" ? { composite: true } : {},
      });
      const first = await shop.tspc(args);
      t.is(first.diagnostics.length, 1, first.output);
      t.regex(first.diagnostics[0] ?? "", collision);
      t.not(first.code, 0);
      if (args[0] !== "--incremental" && args[0] !== "-b") return;
      shop.edit("src/other.ts", "// @zcache", "// @zcache ttl: 1m");
      const second = await shop.tspc(args);
      t.deepEqual(
        second.diagnostics,
        first.diagnostics,
        `another file's comment has changed:\n${second.output}`,
      );
    },
  );
}

test.serial(
  "two files share a default key once a comment is added, and no longer when one gets a key",
  async (t) => {
    const shop = workspace.create("collision-watched", {
      files: { ...collidingFiles, "src/a/b.ts": source.replace("// @zcache", "//") },
    });
    const watch = shop.watch(["--incremental"]);
    try {
      t.deepEqual(await watch.next(), []);
      shop.write("src/a/b.ts", source);
      const found = await watch.next();
      t.is(found.length, 1);
      t.regex(found[0] ?? "", collision);
      shop.edit("src/a.b.ts", "// @zcache", '// @zcache key: "mine:{id}"');
      t.deepEqual(await watch.next(), []);
    } finally {
      await watch.end();
    }
  },
);

test.serial(
  "ts-node, type-checking, finds two files with one default key when it has loaded both",
  async (t) => {
    const shop = workspace.create("collision-ts-node", { files: collidingFiles });
    shop.writeConfig("tsconfig.run.json", {
      extends: "./tsconfig.json",
      "ts-node": { compiler: "ts-patch/compiler" },
    });
    shop.write("run.cjs", 'require("./src/a.b.ts");\nrequire("./src/a/b.ts");\n');
    const { code, output, diagnostics } = await shop.node(["-r", "ts-node/register", "run.cjs"], {
      TS_NODE_PROJECT: "tsconfig.run.json",
    });
    t.is(diagnostics.length, 1, output);
    t.regex(diagnostics[0] ?? "", collision);
    t.not(code, 0);
  },
);
