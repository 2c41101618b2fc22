declare const db: { get(id: number, how: unknown): Promise<string> };

// @zcache key: "user:{id}"
export async function user(id: number, how: any): Promise<string> {
  return db.get(id, how);
}
