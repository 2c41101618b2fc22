// expect: incomplete-key@4:17
declare const db: { list(author: string, page: number, limit: number): Promise<string[]> };

// @zcache key: "posts:{author}:{page}"
export async function posts({
  author,
  page,
  limit,
}: {
  author: string;
  page: number;
  limit: number;
}): Promise<string[]> {
  return db.list(author, page, limit);
}
