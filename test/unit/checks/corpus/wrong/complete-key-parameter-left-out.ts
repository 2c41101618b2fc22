// expect: incomplete-key@7:17
interface Page {
  items: string[];
}
declare const db: { list(user: string, page: number): Promise<Page> };

// @zcache key: "feed:{user}", ttl: 1m
export async function feed(user: string, page: number): Promise<Page> {
  return db.list(user, page);
}
