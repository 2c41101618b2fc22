import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileTypeScript } from "./compile-typescript";
import { isConcerned, packageFolder } from "./files";
import { compileForNode } from "./node-compiler";

type Source = string | ArrayBuffer | Uint8Array;

interface Loaded {
  readonly format?: string | null;
  readonly source?: Source | null;
  readonly shortCircuit?: boolean;
}

type NextLoad<Result> = (url: string, context: unknown) => Result;

/** The hook for `module.registerHooks`. */
export function loadSync(url: string, context: unknown, nextLoad: NextLoad<Loaded>): Loaded {
  return withCache(url, nextLoad(url, context));
}

/** The hook for `module.register`, which is all that Node 20 has. */
export async function load(
  url: string,
  context: unknown,
  nextLoad: NextLoad<Promise<Loaded>>,
): Promise<Loaded> {
  return withCache(url, await nextLoad(url, context));
}

/**
 * Adds the cache. The hooks before this one have loaded the file's text, or what they have compiled
 * it to; in the second case zcache compiles it itself.
 */
function withCache(url: string, loaded: Loaded): Loaded {
  const { source: given, format } = loaded;
  // A loader of CommonJS without a source reads the file itself, and reaches the `require` hook.
  if (given === null || given === undefined) return loaded;
  const file = fileOf(url, given);
  if (file === null) return loaded;
  const { path, text } = file;
  const isEsm = format?.startsWith("module") === true;
  const code = compileForNode(text, path, isEsm ? "esm" : format ? "commonjs" : undefined);
  if (code === null) return loaded;
  if (textOf(given) === text) return { ...loaded, source: code };
  return { ...loaded, source: compileTypeScript(code, path, isEsm ? "esm" : "cjs") };
}

/** It is null if there is nothing to do in the file. */
function fileOf(
  url: string,
  given: Source,
): { readonly path: string; readonly text: string } | null {
  if (!/^file:.*\.[cm]?[jt]sx?(?:[?#]|$)/s.test(url)) return null;
  try {
    const path = fileURLToPath(url.replace(/[?#].*$/s, ""));
    if (packageFolder.test(path)) return null;
    if (isOnDisk(given, path) && !isConcerned(path, textOf(given))) return null;
    const text = readFileSync(path, "utf8");
    return isConcerned(path, text) ? { path, text } : null;
  } catch {
    return null;
  }
}

/**
 * Whether the source is what Node has read from the file, so that most files needn't be read again.
 * Compilers return a text and not bytes, or bytes of another number.
 */
function isOnDisk(source: Source, path: string): boolean {
  return typeof source !== "string" && source.byteLength === statSync(path).size;
}

function textOf(source: Source): string {
  return typeof source === "string" ? source : decoder.decode(source);
}

/** A byte order mark belongs to the text, as in a file that is read. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
