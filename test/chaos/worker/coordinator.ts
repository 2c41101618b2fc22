import type { FromWorker } from "../protocol";

type Question =
  | { readonly type: "load"; readonly surface: string; readonly cells: readonly number[] }
  | { readonly type: "change"; readonly cells: readonly number[] };

const waiting = new Map<number, (versions: readonly number[]) => void>();
let count = 0;

export function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

/** Asks the database, which is in the coordinator. */
export function ask(question: Question): Promise<readonly number[]> {
  const id = ++count;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell({ ...question, id });
  });
}

export function answered(id: number, versions: readonly number[]): void {
  waiting.get(id)?.(versions);
  waiting.delete(id);
}
