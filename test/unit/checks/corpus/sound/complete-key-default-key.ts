declare const db: { list(user: string, page: number, locale: string): Promise<string[]> };

// @zcache ttl: 1m
export async function list(user: string, { page, locale }: { page: number; locale: string }): Promise<string[]> {
  return db.list(user, page, locale);
}
