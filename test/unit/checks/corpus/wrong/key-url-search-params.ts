// expect: unkeyable-value@3:4
// URL has a toJSON, URLSearchParams has none.
// @zcache ttl: 1m
export async function search(params: URLSearchParams): Promise<string[]> {
  return [...params.keys()];
}
