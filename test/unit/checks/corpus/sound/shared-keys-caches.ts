// @zcache key: "user:{id}", cache: names
export async function name(id: number): Promise<string> {
  return (await fetch(`/names/${id}`)).text();
}

// @zcache key: "user:{id}", cache: ages
export async function age(id: number): Promise<number> {
  return Number(await (await fetch(`/ages/${id}`)).text());
}
