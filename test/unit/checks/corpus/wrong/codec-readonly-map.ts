// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function prices(shop: string): Promise<{ bySku: ReadonlyMap<string, number> }> {
  return { bySku: new Map([[shop, 1]]) };
}
