import type ts from "typescript";
import { type PackageHost } from "../context/module-name";

/** A tsconfig, as the compiler understands it. */
export interface ProjectConfig {
  readonly file: string;
  readonly parsed: ts.ParsedCommandLine;
}

/** A compiler that reads whole projects from the disk, and knows their types. */
export interface ProjectCompiler {
  /** What the analysis and the checks use of it. TypeScript 7 has a part of it. */
  readonly ts: typeof ts;
  readonly packages: PackageHost;
  /**
   * Returns the config and those that it references, each once, after those that it references
   * itself.
   * @throws CompilerError
   */
  readConfigs(file: string): readonly ProjectConfig[];
  /** @throws CompilerError */
  createProgram(config: ProjectConfig): ts.Program;
  /** Ends what it has started. Its programs can't be asked any more. */
  close(): void;
}

/** Says what can't be compiled, or with what. The message is for the user. */
export class CompilerError extends Error {
  override readonly name = "CompilerError";
}

/** What is to be known of a compiler's reads of the disk. */
export interface DiskReads {
  /** It asked for a file or a folder, which may not exist. */
  readonly asked: (path: string) => void;
  /** It listed a folder. */
  readonly listed: (folder: string) => void;
}

const noInputs = 18003;
const emptyFiles = 18002;

/** A config with references is supposed to have no files of its own. */
export function isConfigError({ code }: { readonly code: number }): boolean {
  return code !== noInputs && code !== emptyFiles;
}
