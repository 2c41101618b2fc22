interface Flags {
  isEnabled(flag: string, user: string): boolean;
}
declare function createFlags(key: string): Flags;
const flags = createFlags("sdk");

// @zcache ttl: 5m
export async function menu(page: string, user: string): Promise<string> {
  return flags.isEnabled("new-menu", user) ? `new:${page}` : `old:${page}`;
}
