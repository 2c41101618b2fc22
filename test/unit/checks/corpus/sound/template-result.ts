import { invalidateTag } from "zcache";

interface Article {
  readonly id: number;
  readonly maxAge: number;
  readonly lifetime: string;
  readonly author: { readonly id: number } | null;
}
declare function read(id: number): Promise<Article | null>;

// @zcache ttl: "{result.maxAge}s", tags: ["author:{result.author?.id}"]
export async function article(id: number): Promise<Article | null> {
  return read(id);
}

// @zcache ttl: "result.lifetime", tags: ["article:{result.id}"]
export async function present(id: number): Promise<Article> {
  return (await read(id)) as Article;
}

export async function update(id: number, author: number): Promise<void> {
  await invalidateTag(`article:${id}`);
  await invalidateTag(`author:${author}`);
}
