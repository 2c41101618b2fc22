// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function index(text: string): Promise<Record<string, Set<number>>> {
  return { [text]: new Set([1]) };
}
