import { playgroundPackage } from "../playground-package";

/** There is no disk in a browser. Of the files that zcache looks for, only package.json exists. */
export function readFileSync(path: string): string {
  if (path === "/playground/package.json") return playgroundPackage;
  throw new Error(`There is no file ${path} in the playground.`);
}

export function existsSync(): boolean {
  return false;
}

/** The file never changes. */
export function statSync(path: string): { readonly mtimeMs: number } | undefined {
  return path === "/playground/package.json" ? { mtimeMs: 0 } : undefined;
}
