import { JavaScriptCompiler } from "./javascript-compiler";
import { loadCompiler } from "./load-compiler";
import { NativeCompiler } from "./native-compiler";
import { loadApi } from "./native/api";
import { type DiskReads, type ProjectCompiler } from "./project-compiler";

/**
 * Returns the compiler that is installed for a folder, because another one might see other types.
 * If TypeScript 7 can't be asked for types, that is TypeScript 6 beside it.
 * @throws CompilerError
 */
export function openCompiler(directory: string, reads: DiskReads | null): ProjectCompiler {
  const api = loadApi(directory);
  return api
    ? new NativeCompiler(api, directory, reads)
    : new JavaScriptCompiler(loadCompiler(directory), reads);
}
