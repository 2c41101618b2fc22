// What a function returns may be undefined: no bytes at all.
// @zcache ttl: 10m
export async function find(id: number): Promise<{ id: number } | undefined> {
  return id > 0 ? { id } : undefined;
}
