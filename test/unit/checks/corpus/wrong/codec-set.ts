// expect: unfaithful-codec@3:4
// `permissions.has` is a TypeError on a hit: a Set is {} in JSON.
// @zcache ttl: 10m
export async function permissions(user: string): Promise<Set<string>> {
  return new Set([`read:${user}`]);
}
