// expect: incomplete-key@22:4
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

class Flags {
  readonly #values = new Map<string, boolean>();

  set(name: string, value: boolean): void {
    this.#values.set(name, value);
  }

  isOn(name: string): boolean {
    return this.#values.get(name) ?? false;
  }
}

const flags = new Flags();

export function flip(name: string): void {
  flags.set(name, true);
}

// @zcache
export async function price(id: number): Promise<string> {
  return db.one(flags.isOn("discount"), id);
}
