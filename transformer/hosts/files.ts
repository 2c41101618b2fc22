import { isCompiled, mayNeedRewriting } from "../context/concern";

/** Sources that hosts hand over. JavaScript is looked at where the tsconfig allows it. */
export const sourceFiles = /\.[cm]?[jt]sx?(?:[?#]|$)/;

/** Sources that are always TypeScript's. */
export const typescriptFiles = /\.[cm]?tsx?(?:[?#]|$)/;

export const packageFolder = /[\\/]node_modules[\\/]/;

/** Is there anything to do in the file? Asked of every file of a build, so it searches the text and no more. */
export function isConcerned(file: string, text: string): boolean {
  return (
    sourceFiles.test(file) &&
    !/\.d\.[cm]?ts$/.test(file) &&
    mayNeedRewriting(text) &&
    !packageFolder.test(file) &&
    !isCompiled(text)
  );
}
