import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { CommandError } from "./command";

type Compiler = typeof ts;

/**
 * TypeScript 7 has no compiler API that provides types. Its users may have the version before it
 * installed under one of these names.
 */
const beside = ["@typescript/typescript6", "typescript-6", "typescript6"];

/**
 * Loads the user's own compiler, because another one might see other types. If that is TypeScript
 * 7, it loads the compiler with an API that is installed beside it, or else zcache's peer.
 * @throws CommandError
 */
export function loadCompiler(directory: string): Compiler {
  let version: string | null = null;
  for (const base of [join(directory, "package.json"), __filename]) {
    const require = createRequire(base);
    for (const name of ["typescript", ...beside]) {
      const compiler = tryLoad(require, name);
      if (typeof compiler?.createProgram === "function") return compiler as Compiler;
      version ??= compiler?.version ?? null;
    }
  }
  throw new CommandError(
    version === null
      ? "TypeScript is not installed. npm install --save-dev typescript"
      : `TypeScript ${version} has no compiler API that zcache could ask for types. Install the previous version beside it: npm install --save-dev @typescript/typescript6`,
  );
}

function tryLoad(require: NodeJS.Require, name: string): Partial<Compiler> | null {
  try {
    return require(name) as Partial<Compiler>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    return null;
  }
}
