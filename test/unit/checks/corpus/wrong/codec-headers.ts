// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function ask(url: string): Promise<{ status: number; headers: Headers }> {
  const { status, headers } = await fetch(url);
  return { status, headers };
}
