// expect: possibly-undefined@6:28, hint never-invalidated-tag@6:19
interface Article {
  readonly id: number;
  readonly author: { readonly id: number } | null;
}
// @zcache tags: ["author:{result.author.id}"]
export async function article(id: number): Promise<Article | null> {
  return id === 0 ? null : { id, author: null };
}
