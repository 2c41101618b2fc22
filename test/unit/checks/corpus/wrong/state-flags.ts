// expect: incomplete-key@12:4, incomplete-key@17:4, incomplete-key@22:4
const flags = new Map<string, boolean>();
const enabled = new Set<string>();
export function setFlag(name: string, on: boolean): void {
  flags.set(name, on);
}
export function enable(name: string): void {
  enabled.add(name);
}
const isSale = (): boolean => flags.get("sale") ?? false;

// @zcache
export async function price(cents: number): Promise<number> {
  return flags.get("sale") ? cents / 2 : cents;
}

// @zcache
export async function total(cents: number): Promise<number> {
  return isSale() ? cents / 2 : cents;
}

// @zcache
export async function tax(cents: number): Promise<number> {
  return enabled.has("tax") ? cents * 1.2 : cents;
}
