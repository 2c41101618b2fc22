// expect: incomplete-key@4:17
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "membership:{user}"
export async function membership(user: string, team: string): Promise<string> {
  const where = { user, team };
  return db.one(where);
}
