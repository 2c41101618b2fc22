import { type Cache } from "../../runtime/cache/cache";
import { type ProcessReport } from "../../runtime/studio/report";

/**
 * The source of Studio's data: either the process that it runs in, with the others on its store, or
 * only a store.
 */
export interface Source {
  /** A name for the page: "this process", "redis://localhost:6379". */
  readonly name: string;
  /** Whether `refresh` and `pause` reach the program, which is possible only within its process. */
  readonly isProgram: boolean;
  /** The caches through which keys are read and invalidated. */
  caches(): readonly Cache[];
  /**
   * Begins to pass on reports as they arrive, until the returned function is called.
   * @param onTrouble is called with a sentence that says why the store can't be asked, and with
   * null once it can
   */
  watch(
    onReport: (report: ProcessReport) => void,
    onTrouble: (trouble: string | null) => void,
  ): () => void;
  /** Loads what is stored at the key again. Returns false if this process doesn't know the call. */
  refresh(key: string): Promise<boolean>;
  /** Makes the program's functions run uncached, or cached again. */
  pause(paused: boolean): void;
}
