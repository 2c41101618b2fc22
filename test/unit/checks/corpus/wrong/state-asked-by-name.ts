// expect: incomplete-key@14:4
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const flags = new Map<string, boolean>();

export function flip(name: string, value: boolean): void {
  flags.set(name, value);
}

function isOn(name: string): boolean {
  return flags.get(name) ?? false;
}

// @zcache
export async function price(id: number): Promise<string> {
  return db.one(isOn("discount"), id);
}
