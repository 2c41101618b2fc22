// expect: unfaithful-codec@2:29
// @zcache ttl: 10m, codec: json
export async function lastLogin(id: number): Promise<Date | null> {
  return id > 0 ? new Date(id) : null;
}
