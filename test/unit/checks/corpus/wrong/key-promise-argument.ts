// expect: unkeyable-value@2:4
// @zcache ttl: 1m
export async function greet(name: Promise<string>): Promise<string> {
  return `hello ${await name}`;
}
