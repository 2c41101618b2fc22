// expect: unkeyable-value@2:4
// @zcache ttl: 1m
export async function run(rules: Set<(text: string) => boolean>, text: string): Promise<boolean> {
  return [...rules].every((rule) => rule(text));
}
