// expect: hint undetermined-result@4:4
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

// @zcache ttl: 1d
export async function due(account: string): Promise<string> {
  return db.all(account, new Date().toISOString());
}
