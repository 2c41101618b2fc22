declare const db: { get(id: number): Promise<string> };

// @zcache key: "user:{id}"
export async function user(id: number, _reason: string): Promise<string> {
  return db.get(id);
}
