import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as Ast from "typescript-7/unstable/ast" with { "resolution-mode": "import" };
import type * as AstTests from "typescript-7/unstable/ast/is" with { "resolution-mode": "import" };
import type * as Sync from "typescript-7/unstable/sync" with { "resolution-mode": "import" };

/**
 * What zcache uses of TypeScript 7's API. It is marked unstable: this file is the only one that
 * knows where its parts are, and `test/unit/compilers` says what has changed.
 */
export interface Api {
  readonly version: string;
  /** The path of its package.json. */
  readonly manifest: string;
  readonly ast: typeof Ast;
  readonly astTests: typeof AstTests;
  readonly sync: typeof Sync;
  /** Returns the path of the program that answers. @throws if it isn't installed */
  readonly executable: () => string;
}

export type { Ast, Sync };

/**
 * Loads the API of the TypeScript 7 that is installed for a folder.
 * @returns null if another version is installed, or none, or one whose API is elsewhere
 */
export function loadApi(directory: string, name = "typescript"): Api | null {
  const require = createRequire(join(directory, "package.json"));
  const manifest = manifestOf(require, name);
  if (manifest === null) return null;
  const { version } = require(manifest) as { readonly version: string };
  if (Number.parseInt(version, 10) < 7) return null;
  try {
    return {
      version,
      manifest,
      sync: require(`${name}/unstable/sync`) as typeof Sync,
      ast: require(`${name}/unstable/ast`) as typeof Ast,
      astTests: require(`${name}/unstable/ast/is`) as typeof AstTests,
      executable: () => executableOf(dirname(manifest)),
    };
  } catch {
    // This version has them elsewhere, as nightlies of 7.1 have.
    return null;
  }
}

/**
 * Returns the path of TypeScript 7's own program, which both its `tsc` and its API start.
 * @param folder that of its package
 * @throws Error if it isn't installed, as for another kind of machine
 */
export function executableOf(folder: string): string {
  const require = createRequire(join(folder, "package.json"));
  const own = require("./lib/getExePath.js") as { readonly default: () => string };
  return own.default();
}

function manifestOf(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(`${name}/package.json`);
  } catch {
    return null;
  }
}
