// expect: unfaithful-codec@2:19
// @zcache codec: structured
export async function graph(name: string): Promise<{ name: string; seen: WeakMap<object, string> }> {
  return { name, seen: new WeakMap() };
}
