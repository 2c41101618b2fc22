// expect: incomplete-key@4:17
declare const db: { get<K extends string>(kind: K, id: number): Promise<string> };

// @zcache key: "thing:{id}"
export async function thing<K extends "book" | "film">(kind: K, id: number): Promise<string> {
  return db.get(kind, id);
}
