// expect: incomplete-key@12:4
const flags = new Map<string, boolean>();

export function allFlags(): Map<string, boolean> {
  return flags;
}

export function flip(name: string, value: boolean): void {
  allFlags().set(name, value);
}

// @zcache
export async function price(cents: number): Promise<number> {
  return flags.get("sale") ? cents / 2 : cents;
}
