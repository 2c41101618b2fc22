/** The row that every contender caches. */
export interface Row {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly price: number;
  readonly stock: number;
  readonly labels: readonly string[];
  readonly description: string;
}

/** The number of loader runs, and the number of ids that each run loaded. */
export const loads = { count: 0 };

const description =
  "A row as an application has it: some numbers, some words, one longer text. ".repeat(2);

export function createRow(id: number): Row {
  return {
    id,
    title: `Title ${id}`,
    author: `Author ${id % 97}`,
    price: id / 4,
    stock: id % 13,
    labels: ["new", "paper"],
    description,
  };
}

/** Loads immediately, so that the cache is what is measured. */
export async function loadRow(id: number): Promise<Row> {
  loads.count++;
  return createRow(id);
}

export async function loadRows(ids: readonly number[]): Promise<Row[]> {
  loads.count++;
  return ids.map(createRow);
}

/** Loads for as long as a slow query takes, so that other callers arrive meanwhile. */
export async function loadSlowly(id: number): Promise<Row> {
  loads.count++;
  await new Promise((resolve) => setTimeout(resolve, 50));
  return createRow(id);
}

export async function loadText(length: number): Promise<string> {
  loads.count++;
  return "x".repeat(length);
}
