import type ts from "typescript";
import { type PackageHost } from "../../context/module-name";

/** A file as it is in an editor, which may not have been saved. */
export interface EditedFile {
  readonly fileName: string;
  readonly text: string;
  /** Differs for every text that a file has had. */
  readonly version: number;
}

export interface EditedFiles extends Iterable<EditedFile> {
  of(fileName: string): EditedFile | undefined;
  /** The number of changes until now. */
  readonly changes: number;
}

/** A tsconfig, and the program of its files as they are in the editor or else on the disk. */
export interface LiveProject {
  readonly ts: typeof ts;
  readonly packages: PackageHost;
  /** What the tsconfig says, as far as it can be read. */
  readonly contents: ProjectContents;
  getProgram(): ts.Program | undefined;
  /**
   * Looks again at what is on the disk. A tsconfig that is half written leaves everything as it
   * was.
   */
  diskChanged(): void;
}

export interface ProjectContents {
  readonly fileNames: readonly string[];
  readonly options: ts.CompilerOptions;
  /** The tsconfigs that it references. */
  readonly references: readonly string[];
}
