/** `npm run test:fast`: the tests that need neither a build nor a server, chosen by what they import. */
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const base = require("./ava.config.cjs");

/** Folders whose tests start compilers, bundlers or fleets of processes. */
const slow = ["chaos", "fuzz", "hosts", "modes", "package", "site", "transactions"];
/** What a test, or something that it imports, needs a server or the built package for. */
const needs = /support\/(?:redis|stores|postgres)"|\bdist\/|"zcache(?:\/|")/;

const tests = readdirSync(join(__dirname, "test"), { recursive: true })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts") && !slow.some((folder) => file.startsWith(`test/${folder}/`)));

function isFast(file, seen = new Set()) {
  if (seen.has(file)) return true;
  seen.add(file);
  const text = readFileSync(join(__dirname, file), "utf8");
  if (needs.test(text)) return false;
  const imports = Array.from(text.matchAll(/from "(\.[^"]+)"/g), ([, path]) => join(dirname(file), `${path}.ts`));
  return imports
    .filter((path) => path.startsWith("test/") && existsSync(join(__dirname, path)))
    .every((path) => isFast(path, seen));
}

module.exports = { ...base, files: tests.filter((file) => isFast(file)) };
