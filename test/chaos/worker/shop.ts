/**
 * The client processes call these functions, which `compile-workers.ts` compiles with zcache. Each
 * value says from which version of the database's cells it was made.
 */

export interface Value {
  readonly versions: readonly number[];
  /** The cells that it is made of. */
  readonly cells: readonly number[];
  /** The cells that the caller had asked for in whose context the loader ran. */
  readonly askedFor: readonly number[];
  readonly padding: string;
}

/** The loaders reach the source of truth by this. The worker sets it up. */
export const source = {
  load: (_surface: string, _cells: readonly number[]): Promise<Value> =>
    Promise.reject(new Error("No database.")),
};

const load = (surface: string, cells: readonly number[]): Promise<Value> =>
  source.load(surface, cells);

/** It is invalidated by key. */
// @zcache key: "plain:{cell}", ttl: 5s
export async function plain(cell: number): Promise<Value> {
  return load("plain", [cell]);
}

/** It is invalidated by tag. It expires often, and its versions expire with it. */
// @zcache key: "tagged:{cell}", ttl: 1s, tags: ["cell:{cell}"]
export async function tagged(cell: number): Promise<Value> {
  return load("tagged", [cell]);
}

/** It has two tags. */
// @zcache key: "pair:{a}:{b}", ttl: 5s, tags: ["cell:{a}", "cell:{b}"]
export async function pair(a: number, b: number): Promise<Value> {
  return load("pair", [a, b]);
}

/** It loads many keys at once, and is invalidated by key or tag. */
// @zcache batch, key: "batch:{id}", ttl: 5s, tags: ["cell:{id}"]
export async function batch(...cells: number[]): Promise<Value[]> {
  const { versions, askedFor, padding } = await load("batch", cells);
  return cells.map((cell, i) => ({
    versions: [versions[i] as number],
    cells: [cell],
    askedFor,
    padding,
  }));
}

/**
 * It is served past its ttl while it is loaded again and when its loader fails, and it is loaded
 * again early.
 */
// @zcache key: "outdated:{cell}", ttl: 300ms, stale: 2s, staleIfError: 5s, early, timeout: 2s, tags: ["cell:{cell}"]
export async function outdated(cell: number): Promise<Value> {
  return load("outdated", [cell]);
}

/** Its tag and its ttl are known only from the result. */
// @zcache key: "named:{cell}", ttl: "{result.seconds}s", tags: ["of:{result.cell}"]
export async function named(
  cell: number,
): Promise<Value & { readonly cell: number; readonly seconds: number }> {
  return { ...(await load("named", [cell])), cell, seconds: 1 + (cell % 3) };
}

/** It may be served from memory where there is a memory tier. */
// @zcache key: "kept:{cell}", ttl: 5s, memory: 30s, tags: ["cell:{cell}"]
export async function kept(cell: number): Promise<Value> {
  return load("kept", [cell]);
}
