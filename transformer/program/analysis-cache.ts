import type ts from "typescript";
import { type AnalyzedFile } from "../plan/analyze-file";
import { type ProjectTarget } from "../plan/check-context";
import { type Problem } from "../context/rules";

/** The result of reading comments, syntax and options of a file. */
export interface FileAnalysis extends AnalyzedFile {
  readonly targets: readonly ProjectTarget[];
  readonly moduleName: string;
  readonly problems: readonly Problem[];
}

/**
 * Keeps analyses longer than their program, for hosts that make a new program at each key press and
 * keep the files that did not change. Only analyses that asked for no types are kept, because other
 * files' types may have changed. A cache serves one set of options.
 */
export class AnalysisCache {
  readonly #analyses = new WeakMap<ts.SourceFile, FileAnalysis>();
  /** Counts the analysed files, for tests. */
  analyzed = 0;

  get(sourceFile: ts.SourceFile, moduleName: string): FileAnalysis | undefined {
    const known = this.#analyses.get(sourceFile);
    return known?.moduleName === moduleName ? known : undefined;
  }

  add(sourceFile: ts.SourceFile, analysis: FileAnalysis, askedTypes: boolean): void {
    this.analyzed++;
    if (!askedTypes) this.#analyses.set(sourceFile, analysis);
  }
}
