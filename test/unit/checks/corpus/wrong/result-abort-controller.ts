// expect: unshareable-result@2:4
// @zcache ttl: 1m, codec: structured
export async function task(name: string): Promise<{ name: string; controller: AbortController }> {
  return { name, controller: new AbortController() };
}
