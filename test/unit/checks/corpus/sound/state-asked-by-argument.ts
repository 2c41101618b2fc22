declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const flags = new Map<string, boolean>();

export function flip(name: string, value: boolean): void {
  flags.set(name, value);
}

function isOn(name: string): boolean {
  return flags.get(name) ?? false;
}

// @zcache
export async function price(id: string): Promise<string> {
  return db.one(isOn(id));
}
