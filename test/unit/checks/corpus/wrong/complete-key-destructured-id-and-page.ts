// expect: incomplete-key@8:17
interface CommentQuery {
  id: number;
  page: number;
}
declare const db: { comments(id: number, page: number): Promise<string[]> };

// @zcache key: "comments:{id}"
export async function comments({ id, page }: CommentQuery): Promise<string[]> {
  return db.comments(id, page);
}
