import type ts from "typescript";
import { type ModuleName } from "./module-name";
import { type PluginOptions } from "./plugin-options";
import { type Problem } from "./rules";
import { type Syntax } from "./syntax";

/**
 * Everything that the steps on one file may read. It is built once per source file and never
 * mutated.
 */
export interface FileContext {
  readonly ts: Syntax;
  readonly sourceFile: ts.SourceFile;
  readonly compilerOptions: ts.CompilerOptions;
  /**
   * The checker is absent where a host compiles single files. It may sharpen diagnostics, but must
   * not change what is emitted. It is read as late as possible, because an editor can keep the
   * analysis of a file longer than the program only if no type was asked for.
   */
  readonly checker: ts.TypeChecker | null;
  /** It is absent if `checker` is. */
  readonly program: ts.Program | null;
  readonly options: PluginOptions;
  readonly moduleName: ModuleName;
  readonly format: "commonjs" | "esm";
  readonly report: (problem: Problem) => void;
}

/** The context of a file that a whole compiler has read and will emit. */
export interface CompilerContext extends FileContext {
  readonly ts: typeof ts;
}
