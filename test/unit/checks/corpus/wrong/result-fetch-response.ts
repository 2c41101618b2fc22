// expect: unshareable-result@3:4
// The second reader finds the body used up.
// @zcache ttl: 10m
export async function fetchPage(url: string): Promise<Response> {
  return fetch(url);
}
