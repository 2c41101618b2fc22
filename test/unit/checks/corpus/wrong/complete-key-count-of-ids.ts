// expect: incomplete-key@4:17
declare const db: { many(ids: readonly number[]): Promise<string[]> };

// @zcache key: "many:{ids.length}"
export async function many(ids: readonly number[]): Promise<string[]> {
  return db.many(ids);
}
