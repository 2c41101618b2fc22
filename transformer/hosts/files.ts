import { join, sep } from "node:path";
import { isCompiled, mayNeedRewriting } from "../context/concern";

/** Matches sources that hosts pass on. JavaScript is transformed if the tsconfig allows it. */
export const sourceFiles = /\.[cm]?[jt]sx?(?:[?#]|$)/;

/** Matches files whose script is a block among others, which their own compilers read. */
export const blockFiles = /\.(?:vue|svelte|astro)$/;

export const packageFolder = /[\\/]node_modules[\\/]/;

/** A linked package is outside of node_modules, and a hook would meet itself while it is loaded. */
const ownFolder = join(__dirname, "..") + sep;

/**
 * Whether the file needs work. It is called for every file of a build, so it only searches the
 * text.
 */
export function isConcerned(file: string, text: string): boolean {
  return (
    sourceFiles.test(file) &&
    !/\.d\.[cm]?ts$/.test(file) &&
    mayNeedRewriting(text) &&
    !packageFolder.test(file) &&
    !file.startsWith(ownFolder) &&
    !isCompiled(text)
  );
}
