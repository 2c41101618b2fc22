// expect: unkeyable-value@2:4
// @zcache ttl: 1m
export async function describe(kind: symbol): Promise<string> {
  return kind.toString();
}
