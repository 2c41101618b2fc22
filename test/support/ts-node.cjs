"use strict";
/**
 * Runs ts-node with esbuild as its compiler: every test file is a process of its own, and compiling
 * what it loads took TypeScript a sixth of the processor time of all tests. What esbuild makes of a
 * text is kept on disk for the other processes. Types are checked elsewhere (`npm run typecheck`).
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { threadId } = require("node:worker_threads");
const { register } = require("ts-node");

const folder = join(__dirname, "../../node_modules/.cache/zcache/compiled-tests");
mkdirSync(folder, { recursive: true });

const options = {
  loader: "ts",
  format: "cjs",
  target: "node20",
  sourcemap: "external",
  supported: { "dynamic-import": true },
  tsconfigRaw: { compilerOptions: { strict: true } },
};
const compiler = `${JSON.stringify(options)} ${require("esbuild/package.json").version}`;

exports.create = () => ({
  transpile(code, { fileName }) {
    const key = createHash("sha1").update(`${compiler}\0${fileName}\0${code}`).digest("hex");
    const file = join(folder, key);
    const known = read(file);
    if (known) return known;
    // It is loaded only where something is to be compiled.
    const { transformSync } = require("esbuild");
    const { code: outputText, map: sourceMapText } = transformSync(code, {
      ...options,
      sourcefile: fileName,
    });
    const compiled = { outputText, sourceMapText };
    write(file, compiled);
    return compiled;
  },
});

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Another process or thread never reads a half-written file. */
function write(file, compiled) {
  const own = `${file}.${process.pid}.${threadId}`;
  writeFileSync(own, JSON.stringify(compiled));
  renameSync(own, file);
}

register({ transpileOnly: true, transpiler: __filename });
