declare const db: { list(user: string, page: number): Promise<string[]> };

// @zcache "list|{0}-{1}"
export async function list(user: string, { page }: { page: number }): Promise<string[]> {
  return db.list(user, page);
}
