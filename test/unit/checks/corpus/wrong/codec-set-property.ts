// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function grants(user: string): Promise<{ user: string; roles: Set<string> }> {
  return { user, roles: new Set(["admin"]) };
}
