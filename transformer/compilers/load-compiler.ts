import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { CompilerError } from "./project-compiler";

type Compiler = typeof ts;

/** Users of TypeScript 7 may have the version before it installed under one of these names. */
const beside = ["@typescript/typescript6", "typescript-6", "typescript6"];

/**
 * Loads the user's own compiler, if it is TypeScript 5 or 6, which run in this process. If it is
 * TypeScript 7, it loads the version before it that is installed beside it, or else zcache's peer.
 * @throws CompilerError
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
  throw new CompilerError(
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
