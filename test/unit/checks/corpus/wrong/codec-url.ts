// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function avatar(user: string): Promise<{ user: string; url: URL }> {
  return { user, url: new URL(`https://example.com/${user}`) };
}
