import test from "ava";
import { type Project } from "../../support/projects/project";
import {
  brokenDiagnostics,
  expectedEntry,
  expectedMain,
  parsePrinted,
} from "../../support/projects/shop";
import { createShop, variants } from "../../support/projects/variants";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

/**
 * Each variant is two projects, one of which refers to the other. There is one solution for all.
 */
function createSolution(mode: string): { shops: Project[]; solution: Project } {
  const shops = variants.map((variant) => {
    const shop = createShop(workspace, variant, mode);
    const configure = (
      name: string,
      files: readonly string[],
      references: readonly object[],
    ): void =>
      shop.writeConfig(`tsconfig.${name}.json`, {
        extends: "./tsconfig.json",
        compilerOptions: { composite: true, tsBuildInfoFile: `out/${name}.tsbuildinfo` },
        files: ["src/globals.d.ts", ...files.map((file) => `src/${file}.ts`)],
        include: [],
        references,
      });
    configure("lib", ["users", "broken"], []);
    configure("app", ["main", "entry"], [{ path: "./tsconfig.lib.json" }]);
    return shop;
  });
  const solution = workspace.create(mode, { files: {} });
  const references = variants.map(({ name }) => ({ path: `./${name}/tsconfig.app.json` }));
  solution.writeConfig("tsconfig.json", { files: [], references });
  return { shops, solution };
}

const allDiagnostics = variants.flatMap(({ name }) =>
  brokenDiagnostics.map((line) => `${name}/${line}`),
);
const sorted = (lines: readonly string[]): string[] => lines.toSorted();

test.serial(
  "tspc -b: prints each problem of every project in every run, and caches the functions without problems",
  async (t) => {
    const { shops, solution } = createSolution("build");
    const build = async (run: string): Promise<void> => {
      const { code, output, diagnostics } = await solution.tspc(["-b"]);
      t.deepEqual(sorted(diagnostics), sorted(allDiagnostics), `${run}:\n${output}`);
      t.not(code, 0, run);
    };
    await build("the first run");
    await build("nothing has changed");
    for (const shop of shops) shop.edit("src/users.ts", "ttl: 10m", "ttl: 20m");
    await build("a comment of another file has changed");
    for (const [i, shop] of shops.entries()) {
      t.regex(shop.read("out/users.js"), /ttlMs: 1200000/, variants[i]?.name);
      const { output } = await shop.node(["out/entry.js"]);
      t.deepEqual(parsePrinted(output), [expectedMain, expectedEntry], variants[i]?.name);
    }
  },
);

test.serial("tspc -b: without problems the next run has nothing to do", async (t) => {
  const files = {
    "src/a.ts":
      "// @zcache\nexport async function load(id: number): Promise<number> {\n  return id;\n}\n",
  };
  const shop = workspace.create("clean", { files, options: { composite: true } });
  t.is((await shop.tspc(["-b"])).code, 0);
  const { code, output } = await shop.tspc(["-b", "--verbose"]);
  t.is(code, 0);
  t.regex(output, /is up to date/);
});
