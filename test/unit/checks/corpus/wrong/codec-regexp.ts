// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function routes(host: string): Promise<{ pattern: RegExp; target: string }[]> {
  return [{ pattern: /^\/api/, target: host }];
}
