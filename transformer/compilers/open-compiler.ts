import { JavaScriptCompiler } from "./javascript-compiler";
import { loadCompiler } from "./load-compiler";
import { NativeCompiler } from "./native-compiler";
import { loadApi } from "./native/api";
import { type ServerFailure } from "./native/server";
import { CompilerError, type DiskReads, type ProjectCompiler } from "./project-compiler";

/**
 * Returns the compiler that is installed for a folder, because another one might see other types.
 * If TypeScript 7 can't be asked for types, that is TypeScript 6 beside it.
 * @param failure of TypeScript 7, if it has been asked before
 * @throws CompilerError, ServerFailure
 */
export function openCompiler(
  directory: string,
  reads: DiskReads | null,
  failure: ServerFailure | null = null,
): ProjectCompiler {
  const api = failure ? null : loadApi(directory);
  return api
    ? new NativeCompiler(api, directory, reads)
    : new JavaScriptCompiler(loadCompilerAfter(failure, directory), reads);
}

/** @throws CompilerError */
export function loadCompilerAfter(
  failure: ServerFailure | null,
  directory: string,
): ReturnType<typeof loadCompiler> {
  try {
    return loadCompiler(directory);
  } catch (error) {
    if (!failure) throw error;
    throw new CompilerError(
      `${failure.message} Run it again. If that doesn't help, install the previous version, which is asked instead: npm install --save-dev @typescript/typescript6`,
    );
  }
}
