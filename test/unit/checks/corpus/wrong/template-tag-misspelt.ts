// expect: unknown-property@9:56
import { invalidateTag } from "zcache";

interface Post {
  id: number;
  authorId: number;
}

// @zcache key: "post:{post.id}", tags: ["author:{post.autorId}"]
export async function render(post: Post): Promise<string> {
  return `post ${post.id}`;
}

export async function authorChanged(id: number): Promise<void> {
  await invalidateTag(`author:${id}`);
}
