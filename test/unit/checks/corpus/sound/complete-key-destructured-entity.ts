interface User {
  id: number;
  name: string;
}
declare const db: { posts(id: number): Promise<string[]> };

// @zcache key: "posts:{id}"
export async function posts({ id, name }: User): Promise<string> {
  return `${name}: ${(await db.posts(id)).join()}`;
}
