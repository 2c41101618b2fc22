import test from "ava";
import {
  brokenDiagnostics,
  expectedEntry,
  expectedMain,
  parsePrinted,
} from "../../support/projects/shop";
import { createShop, moduleVariants, variants } from "../../support/projects/variants";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

for (const variant of variants) {
  test.serial(
    `tspc, ${variant.name}: prints each problem once, fails, and caches the functions without problems`,
    async (t) => {
      const shop = createShop(workspace, variant, "plain");
      const compiled = await shop.tspc();
      t.deepEqual(compiled.diagnostics, brokenDiagnostics, compiled.output);
      t.not(compiled.code, 0);
      const { output } = await shop.node(["out/entry.js"]);
      t.deepEqual(parsePrinted(output), [expectedMain, expectedEntry], output);
    },
  );

  test.serial(
    `tspc --noEmit, ${variant.name}: prints each problem once, fails, and writes nothing`,
    async (t) => {
      const shop = createShop(workspace, variant, "no-emit");
      const { code, output, diagnostics } = await shop.tspc(["--noEmit"]);
      t.deepEqual(diagnostics, brokenDiagnostics, output);
      t.not(code, 0);
      t.deepEqual(shop.files("out"), {});
    },
  );
}

for (const variant of moduleVariants) {
  test.serial(
    `noEmitOnError, ${variant.name}: prints each problem once, fails, and writes nothing`,
    async (t) => {
      const shop = createShop(workspace, variant, "no-emit-on-error");
      const { code, output, diagnostics } = await shop.tspc(["--noEmitOnError"]);
      t.deepEqual(diagnostics, brokenDiagnostics, output);
      t.not(code, 0);
      t.deepEqual(shop.files("out"), {});
    },
  );
}

test.serial("a plugin entry without transformProgram is reported with what it lacks", async (t) => {
  const options = { plugins: [{ transform: "zcache/transformer" }] };
  const project = workspace.create("no-program", {
    options,
    files: { "src/main.ts": "export {};\n" },
  });
  const { code, output } = await project.tspc();
  t.not(code, 0);
  t.regex(
    output,
    /^Error: zcache: the plugin entry in tsconfig\.json needs "transformProgram": true\.$/m,
  );
});
