import { type Cache } from "../../runtime/cache/cache";
import { type ProcessReport } from "../../runtime/studio/report";

/** What Studio looks at: the process it runs in, with the others on its store, or a store alone. */
export interface Source {
  /** "this process", "redis://localhost:6379". */
  readonly name: string;
  /** Whether `refresh` and `pause` reach the program: only from within its process. */
  readonly isProgram: boolean;
  /** The caches through which keys are read and invalidated. */
  caches(): readonly Cache[];
  /**
   * Begins to hand over reports, each as it arrives, until the returned function is called.
   * @param onTrouble is told in a sentence why the store can't be asked, and null once it can
   */
  watch(onReport: (report: ProcessReport) => void, onTrouble: (trouble: string | null) => void): () => void;
  /** Loads what is stored at the key again. False where this process doesn't know the call. */
  refresh(key: string): Promise<boolean>;
  /** Runs the program's functions uncached, or cached again. */
  pause(paused: boolean): void;
}
