import { loadRow, loadRows, loadSlowly, loadText, type Row } from "./load.js";

// @zcache
export async function row(id: number): Promise<Row> {
  return loadRow(id);
}

// @zcache tags: ["row:{id}", "org:{org}"]
export async function tagged(id: number, org: number): Promise<Row> {
  void org;
  return loadRow(id);
}

// @zcache batch
export async function rows(ids: readonly number[]): Promise<Row[]> {
  return loadRows(ids);
}

// @zcache cache: memory
export async function memory(id: number): Promise<Row> {
  return loadRow(id);
}

// @zcache memory: 1h, cache: tier
export async function tier(id: number): Promise<Row> {
  return loadRow(id);
}

// @zcache memory: 1h, cache: tier
export async function pairTier(id: number, _org: number): Promise<Row> {
  return loadRow(id);
}

// @zcache cache: memory, share: true
export async function shared(id: number): Promise<Row> {
  return loadRow(id);
}

// @zcache memory: 1h, cache: tier, share: true
export async function sharedTier(id: number): Promise<Row> {
  return loadRow(id);
}

// @zcache
export async function slow(id: number): Promise<Row> {
  return loadSlowly(id);
}

/** @param copy distinguishes the text from others of the same length */
// @zcache
export async function text(length: number, _copy: number): Promise<string> {
  return loadText(length);
}
