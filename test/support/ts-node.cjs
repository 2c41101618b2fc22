"use strict";
/**
 * Runs ts-node with esbuild as its compiler: every test file is a process of its own, and compiling
 * what it loads took TypeScript a sixth of the processor time of all tests. Types are checked
 * elsewhere (`npm run typecheck`).
 */
const { transformSync } = require("esbuild");
const { register } = require("ts-node");

exports.create = () => ({
  transpile(code, { fileName }) {
    const { code: outputText, map: sourceMapText } = transformSync(code, {
      loader: "ts",
      format: "cjs",
      target: "node20",
      sourcefile: fileName,
      sourcemap: "external",
      supported: { "dynamic-import": true },
      tsconfigRaw: { compilerOptions: { strict: true } },
    });
    return { outputText, sourceMapText };
  },
});

register({ transpileOnly: true, transpiler: __filename });
