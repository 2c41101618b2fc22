// expect: shared-key@7:17
// @zcache key: "user:{name}"
export async function byName(name: string): Promise<{ id: number }> {
  return { id: name.length };
}

// @zcache key: "user:count"
export async function count(): Promise<number> {
  return Number(await (await fetch("/count")).text());
}
