// expect: incomplete-key@4:12
declare const db: { find(email: string): Promise<{ id: number } | null> };

// @zcache "user-by-email"
export async function byEmail(email: string): Promise<{ id: number } | null> {
  return db.find(email.toLowerCase());
}
