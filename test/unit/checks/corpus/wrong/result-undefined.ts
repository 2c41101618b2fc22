// expect: nothing-to-cache@2:4
// @zcache ttl: 10m
export async function warmUp(name: string): Promise<undefined> {
  await fetch(name);
  return undefined;
}
