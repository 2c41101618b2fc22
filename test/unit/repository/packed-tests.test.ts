import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";

const root = join(__dirname, "../../..");
const { files } = require("../../../ava.package.config.cjs") as { readonly files: string[] };

/** `a/{b,c}.test.ts` names two files, and `a/*.test.ts` those of a folder. */
function filesOf(pattern: string): string[] {
  const [, before, names, after] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  if (names !== undefined)
    return names.split(",").flatMap((name) => filesOf(before + name + after));
  if (!pattern.includes("*")) return [pattern];
  const folder = dirname(pattern);
  const found = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  const tests = found.filter((name) => name.endsWith(".test.ts"));
  return tests.length > 0 ? tests.map((name) => `${folder}/${name}`) : [pattern];
}

// AVA says nothing about a pattern that matches nothing, so that a renamed test would no longer run
// on the files that users get.
test("each test that is to run on the packed package is there", (t) => {
  const named = files.map((pattern) => pattern.replace(/^!/, "")).flatMap(filesOf);
  t.deepEqual(
    named.filter((file) => !existsSync(join(root, file))),
    [],
  );
});
