// expect: unfaithful-codec@4:4
const kind: unique symbol = Symbol("kind");

// @zcache ttl: 10m
export async function shape(name: string): Promise<{ name: string; kind: typeof kind }> {
  return { name, kind };
}
