// expect: incomplete-key@4:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "range:{from}"
export async function range([from, to]: readonly [number, number]): Promise<string> {
  return db.all(from, to);
}
