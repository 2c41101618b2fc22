// @zcache key: "user:{id}"
export async function user(id: string): Promise<{ name: string }> {
  return (await (await fetch(`/users/${id}`)).json()) as { name: string };
}

// @zcache key: "user:{id}:posts"
export async function posts(id: string): Promise<string[]> {
  return (await (await fetch(`/users/${id}/posts`)).json()) as string[];
}

// @zcache key: "user:{id}-{page}"
export async function page(id: string, page: number): Promise<number> {
  return Number(await (await fetch(`/users/${id}/${page}`)).text());
}
