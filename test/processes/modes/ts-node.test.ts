import test, { type ExecutionContext } from "ava";
import { type Outcome } from "../../support/projects/run";
import { type Project } from "../../support/projects/project";
import { brokenDiagnostics, expectedMain, parsePrinted } from "../../support/projects/shop";
import {
  createShop,
  moduleVariants,
  type Variant,
  variants,
} from "../../support/projects/variants";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

for (const variant of variants) {
  test.serial(
    `ts-node, transpile-only, ${variant.name}: functions without problems are cached, and a file with problems is refused with all of them`,
    async (t) => {
      checkRun(
        t,
        variant,
        await runThenBreak(createShop(workspace, variant, "transpile-only"), variant, true),
      );
    },
  );
}

for (const variant of moduleVariants) {
  test.serial(
    `ts-node, type-checking, ${variant.name}: functions without problems are cached, and a file with problems is refused with all of them`,
    async (t) => {
      checkRun(
        t,
        variant,
        await runThenBreak(createShop(workspace, variant, "type-checking"), variant, false),
      );
    },
  );
}

/** Runs the sound program, then loads the one with a mistake. */
function runThenBreak(
  shop: Project,
  { isModule }: Variant,
  transpileOnly: boolean,
): Promise<Outcome> {
  const settings = { compiler: "ts-patch/compiler", transpileOnly, files: true };
  shop.writeConfig("tsconfig.run.json", {
    extends: "./tsconfig.json",
    files: ["src/globals.d.ts"],
    include: [],
    "ts-node": settings,
  });
  const env = { TS_NODE_PROJECT: "tsconfig.run.json" };
  if (isModule) {
    shop.write(
      "run.mjs",
      'await (await import("./src/main.ts")).main();\nawait import("./src/broken.ts");\n',
    );
    return shop.node(["--loader", "ts-node/esm", "run.mjs"], env);
  }
  shop.write(
    "run.cjs",
    'require("./src/main.ts").main().then(() => require("./src/broken.ts"));\n',
  );
  return shop.node(["-r", "ts-node/register", "run.cjs"], env);
}

function checkRun(
  t: ExecutionContext,
  { isModule }: Variant,
  { code, output, diagnostics }: Outcome,
): void {
  t.deepEqual(parsePrinted(output)[0], expectedMain, output);
  t.not(code, 0);
  // The errors of ts-node 10 can't leave the thread that Node loads modules in, so only the fact
  // that it failed is visible, whatever the error is.
  if (!isModule) t.deepEqual(diagnostics, brokenDiagnostics, output);
}
