// expect: unfaithful-codec@3:4
// As null they come back, and `user === undefined` is never true.
// @zcache ttl: 10m
export async function findUsers(ids: number[]): Promise<({ id: number } | undefined)[]> {
  return ids.map((id) => (id > 0 ? { id } : undefined));
}
