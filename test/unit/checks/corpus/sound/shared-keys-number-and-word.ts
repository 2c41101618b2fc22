// @zcache key: "user:{id}"
export async function user(id: number): Promise<{ name: string }> {
  return (await (await fetch(`/users/${id}`)).json()) as { name: string };
}

// @zcache key: "user:count"
export async function count(): Promise<number> {
  return Number(await (await fetch("/count")).text());
}

// @zcache key: "user:{name}"
export async function idOf(name: string): Promise<number> {
  return Number(await (await fetch(`/ids/${name}`)).text());
}
