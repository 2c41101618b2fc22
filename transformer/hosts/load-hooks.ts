import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileTypeScript } from "./compile-typescript";
import { isConcerned } from "./files";
import { compileForNode } from "./node-compiler";

interface Loaded {
  readonly format?: string | null;
  readonly source?: string | ArrayBuffer | Uint8Array | null;
  readonly shortCircuit?: boolean;
}

type NextLoad<Result> = (url: string, context: unknown) => Result;

/** The hook for `module.registerHooks`. */
export function loadSync(url: string, context: unknown, nextLoad: NextLoad<Loaded>): Loaded {
  const file = fileOf(url);
  return file === null ? nextLoad(url, context) : withCache(file, nextLoad(url, context));
}

/** The hook for `module.register`, which is all that Node 20 has. */
export async function load(
  url: string,
  context: unknown,
  nextLoad: NextLoad<Promise<Loaded>>,
): Promise<Loaded> {
  const file = fileOf(url);
  return file === null ? nextLoad(url, context) : withCache(file, await nextLoad(url, context));
}

/** It is null if there is nothing to do in the file. */
function fileOf(url: string): { readonly path: string; readonly text: string } | null {
  if (!/^file:.*\.[cm]?[jt]sx?(?:[?#]|$)/s.test(url)) return null;
  try {
    const path = fileURLToPath(url.replace(/[?#].*$/s, ""));
    const text = readFileSync(path, "utf8");
    return isConcerned(path, text) ? { path, text } : null;
  } catch {
    return null;
  }
}

/**
 * Adds the cache. The hooks before this one have loaded the file's text, or what they have compiled
 * it to; in the second case zcache compiles it itself.
 */
function withCache({ path, text }: { path: string; text: string }, loaded: Loaded): Loaded {
  const isEsm = loaded.format?.startsWith("module") === true;
  const code = compileForNode(text, path, isEsm ? "esm" : loaded.format ? "commonjs" : undefined);
  if (code === null) return loaded;
  const source = textOf(loaded.source);
  // A loader of CommonJS without a source reads the file itself, and reaches the `require` hook.
  if (source === null) return loaded;
  if (source === text) return { ...loaded, source: code };
  return { ...loaded, source: compileTypeScript(code, path, isEsm ? "esm" : "cjs") };
}

function textOf(source: Loaded["source"]): string | null {
  if (source === null || source === undefined) return null;
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}
