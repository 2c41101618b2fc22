import type ts from "typescript";

const written = new WeakMap<ts.SourceFile, string>();

/**
 * Makes incremental builds emit the right files again. They emit a file when it changed, or when an
 * import's declarations did, but not when a type two imports away did, and under isolatedModules
 * not even then. That is right as long as nothing emitted depends on types. A fingerprint does, so
 * it becomes part of the property that the compiler uses as the file's version, which a builder
 * compares with that of the last build. (The property is internal, and the same in TypeScript 5.5
 * to 6.0. If it is missing, nothing is done.)
 */
export function stampVersions(
  program: ts.Program,
  fingerprintsOf: (sourceFile: ts.SourceFile) => readonly string[],
): void {
  for (const sourceFile of program.getSourceFiles()) {
    const file = sourceFile as ts.SourceFile & { version?: string };
    if (sourceFile.isDeclarationFile || file.version === undefined) continue;
    const fingerprints = fingerprintsOf(sourceFile);
    // A watching compiler gives the same file to successive programs.
    const version = written.get(sourceFile) ?? file.version;
    if (fingerprints.length === 0 && version === file.version) continue;
    written.set(sourceFile, version);
    file.version = [version, ...fingerprints].join("-");
  }
}
