import ts from "typescript";

/**
 * Files that exist only in memory, with the functions through which the compiler and zcache read
 * them.
 */
export function virtualFiles(files: Readonly<Record<string, string>>) {
  const readFile = (path: string): string | undefined =>
    Object.hasOwn(files, path) ? files[path] : undefined;
  const host: ts.CompilerHost = {
    fileExists: (path) => readFile(path) !== undefined,
    readFile,
    directoryExists: (path) => Object.keys(files).some((file) => file.startsWith(`${path}/`)),
    getSourceFile: (path, language) => {
      const text = readFile(path);
      return text === undefined ? undefined : parsed(path, text, language);
    },
    getDefaultLibFileName: () => "/lib/lib.es2022.d.ts",
    getDefaultLibLocation: () => "/lib",
    getCurrentDirectory: () => "/playground",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => {},
  };
  return {
    host,
    packages: { readFile, resolvePath: (path: string) => path },
  };
}

/** Libraries don't change, so they are parsed once. */
const known = new Map<string, ts.SourceFile>();

function parsed(
  path: string,
  text: string,
  language: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile {
  const cached = known.get(path);
  if (cached?.text === text) return cached;
  const file = ts.createSourceFile(path, text, language, true);
  known.set(path, file);
  return file;
}
