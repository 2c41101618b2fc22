// expect: unfaithful-codec@2:4
// @zcache batch
export async function memberships(ids: readonly number[]): Promise<Map<number, Set<string>>> {
  return new Map(ids.map((id) => [id, new Set(["reader"])]));
}
