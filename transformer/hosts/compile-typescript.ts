import { createRequire } from "node:module";
import { join } from "node:path";

interface Esbuild {
  transformSync(text: string, options: object): { readonly code: string };
}

/**
 * Compiles a file that tsx has compiled before zcache could rewrite it, with the compiler that tsx
 * uses.
 * @throws Error if there is no compiler
 */
export function compileTypeScript(code: string, path: string, format: "esm" | "cjs"): string {
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
    `zcache: ${path} was compiled before zcache could rewrite it. Put zcache first: node --import zcache/register --import …`,
  );
}
