// expect: hint unknown-result@2:4
// @zcache ttl: 10m
export async function feature(name: string): Promise<{ name: string; settings: Record<string, unknown> }> {
  return { name, settings: {} };
}
