// expect: incomplete-key@10:4
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const state = { flags: new Map<string, boolean>() };

export function flip(name: string, value: boolean): void {
  state.flags.set(name, value);
}

// @zcache
export async function price(id: number): Promise<string> {
  return db.one(state.flags.get("discount"), id);
}
