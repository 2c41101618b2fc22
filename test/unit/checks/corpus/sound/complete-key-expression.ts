declare const db: { list(user: string, day: string): Promise<string[]> };

// @zcache key: "list:{user.toLowerCase()}:{date.toISOString().slice(0, 10)}"
export async function list(user: string, date: Date): Promise<string[]> {
  return db.list(user.toLowerCase(), date.toISOString().slice(0, 10));
}
