import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import test from "ava";

const zcache = JSON.stringify(resolve(__dirname, "../../../dist/runtime/zcache.js"));

/** Runs a program in which all time passes at once. */
async function warningsOf(program: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const code = `const set = setTimeout; globalThis.setTimeout = (f, ms) => set(f, ms / 1000); const zcache = require(${zcache}); ${program} set(() => {}, 200);`;
  const child = spawn(process.execPath, ["-e", code], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  await once(child, "close");
  return output;
}

for (const use of ["configure()", 'invalidateTag("user:5")', "withCache({}, () => {})"]) {
  test(`${use} without a compiled function gives a warning that says what to do`, async (t) => {
    const warnings = await warningsOf(`zcache.${use}; zcache.configure();`);
    t.regex(
      warnings,
      /\[ZCACHE_NOT_COMPILED\] ZcacheWarning: This program uses zcache, but no function .* zcache doctor/,
    );
    t.is(warnings.match(/ZCACHE_NOT_COMPILED\]/g)?.length, 1, warnings);
  });
}

test("there is no warning where a compiled function was loaded, where the cache isn't used, and in tests", async (t) => {
  const compiled = 'zcache.wrap(() => ({ name: "f", key: { arguments: 0 } }), async () => 1);';
  t.is(await warningsOf(`zcache.configure(); ${compiled}`), "");
  t.is(await warningsOf(`${compiled} zcache.configure();`), "");
  t.is(await warningsOf(""), "");
  t.is(await warningsOf("zcache.configure();", { NODE_ENV: "test" }), "");
  t.is(await warningsOf("zcache.configure();", { VITEST: "true" }), "");
});
