// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function translations(locale: string): Promise<Map<string, string>> {
  return new Map([["hello", locale]]);
}
