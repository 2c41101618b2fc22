// expect: unknown-property@6:35, hint never-invalidated-tag@6:19
interface Article {
  readonly id: number;
  readonly author: { readonly id: number } | null;
}
// @zcache tags: ["author:{result.authorId}"]
export async function article(id: number): Promise<Article | null> {
  return id === 0 ? null : { id, author: null };
}
