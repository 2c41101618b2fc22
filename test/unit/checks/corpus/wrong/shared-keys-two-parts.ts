// expect: shared-key@7:17
// @zcache key: "{kind}:{id}"
export async function thing(kind: string, id: number): Promise<string> {
  return (await fetch(`/${kind}/${id}`)).text();
}

// @zcache key: "user:{id}"
export async function visits(id: number): Promise<number> {
  return Number(await (await fetch(`/visits/${id}`)).text());
}
