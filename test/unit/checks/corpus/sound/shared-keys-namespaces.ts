// @zcache key: "user:{id}", namespace: v1
export async function user(id: number): Promise<{ name: string }> {
  return (await (await fetch(`/users/${id}`)).json()) as { name: string };
}

// @zcache key: "user:{id}", namespace: v2
export async function fullUser(id: number): Promise<{ name: string; mail: string }> {
  return (await (await fetch(`/v2/users/${id}`)).json()) as { name: string; mail: string };
}
