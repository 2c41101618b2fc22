// expect: incomplete-key@13:4
interface Flags {
  identify(user: string): void;
  isEnabled(flag: string): boolean;
}
declare function createFlags(key: string): Flags;
const flags = createFlags("sdk");

export function onLogin(user: string): void {
  flags.identify(user);
}

// @zcache ttl: 5m
export async function menu(page: string): Promise<string> {
  return flags.isEnabled("new-menu") ? `new:${page}` : `old:${page}`;
}
