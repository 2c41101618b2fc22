// @zcache ttl: 10m
export async function mustFind(id: number): Promise<{ id: number }> {
  if (id < 0) throw new Error(`No ${id}`);
  return { id };
}
