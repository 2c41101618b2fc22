// It has a toJSON.
// @zcache ttl: 1m
export async function load(url: URL): Promise<string> {
  return url.href;
}
