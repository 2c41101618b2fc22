import Module, { createRequire } from "node:module";
import { join } from "node:path";

interface Esbuild {
  transformSync(text: string, options: object): { readonly code: string };
}

/**
 * Compiles a file that Deno or tsx has compiled before zcache could rewrite it: with Deno's own
 * type stripping, or with the compiler that tsx uses.
 * @throws Error if there is no compiler
 */
export function compileTypeScript(code: string, path: string, format: "esm" | "cjs"): string {
  return stripInDeno(code) ?? compileByEsbuild(code, path, format);
}

/** Returns null outside Deno, and for syntax that can't be stripped, such as an enum or JSX. */
function stripInDeno(code: string): string | null {
  if (process.versions["deno"] === undefined) return null;
  const { stripTypeScriptTypes } = Module as unknown as {
    stripTypeScriptTypes(code: string): string;
  };
  try {
    return stripTypeScriptTypes(code);
  } catch {
    return null;
  }
}

function compileByEsbuild(code: string, path: string, format: "esm" | "cjs"): string {
  const { version } = process;
  return findEsbuild(path).transformSync(code, {
    sourcefile: path,
    loader: path.endsWith("x") ? "tsx" : "ts",
    format,
    target: `node${version.slice(1)}`,
    sourcemap: "inline",
  }).code;
}

let esbuild: Esbuild | null = null;

function findEsbuild(path: string): Esbuild {
  if (esbuild) return esbuild;
  const bases = [path, join(process.cwd(), "package.json"), process.argv[1] ?? path];
  for (const base of bases) {
    for (const owner of ["tsx/package.json", null]) {
      try {
        const require = createRequire(base);
        esbuild = (owner ? createRequire(require.resolve(owner)) : require)("esbuild") as Esbuild;
        return esbuild;
      } catch {
        // The compiler is not here, so the next place is tried.
      }
    }
  }
  throw new Error(
    process.versions["deno"] === undefined
      ? `zcache: ${path} was compiled before zcache could rewrite it. Put zcache first: node --import zcache/register --import …`
      : `zcache: ${path} has syntax that needs a compiler, such as an enum, a decorator or JSX: stripping its types is not enough. Install esbuild, and zcache compiles the file with it.`,
  );
}
