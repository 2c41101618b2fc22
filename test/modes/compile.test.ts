import test from "ava";
import { brokenDiagnostics, expectedEntry, expectedMain, parsePrinted } from "./support/shop";
import { createShop, moduleVariants, variants } from "./support/variants";
import { createWorkspace } from "./support/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

for (const variant of variants) {
  test.serial(`tspc, ${variant.name}: prints each problem once, fails, and what is sound is cached`, async (t) => {
    const shop = createShop(workspace, variant, "plain");
    const compiled = await shop.tspc();
    t.deepEqual(compiled.diagnostics, brokenDiagnostics, compiled.output);
    t.not(compiled.code, 0);
    const { output } = await shop.node(["out/entry.js"]);
    t.deepEqual(parsePrinted(output), [expectedMain, expectedEntry], output);
  });

  test.serial(`tspc --noEmit, ${variant.name}: prints each problem once, fails, and writes nothing`, async (t) => {
    const shop = createShop(workspace, variant, "no-emit");
    const { code, output, diagnostics } = await shop.tspc(["--noEmit"]);
    t.deepEqual(diagnostics, brokenDiagnostics, output);
    t.not(code, 0);
    t.deepEqual(shop.files("out"), {});
  });
}

for (const variant of moduleVariants) {
  test.serial(`noEmitOnError, ${variant.name}: prints each problem once, fails, and writes nothing`, async (t) => {
    const shop = createShop(workspace, variant, "no-emit-on-error");
    const { code, output, diagnostics } = await shop.tspc(["--noEmitOnError"]);
    t.deepEqual(diagnostics, brokenDiagnostics, output);
    t.not(code, 0);
    t.deepEqual(shop.files("out"), {});
  });
}
