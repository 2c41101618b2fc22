// @zcache ttl: 10m
export async function findUsers(ids: number[]): Promise<({ id: number } | null)[]> {
  return ids.map((id) => (id > 0 ? { id } : null));
}
