// expect: incomplete-key@9:4
declare const db: { one(...parts: readonly unknown[]): Promise<string> };


export function use(region: string): void {
  (globalThis as unknown as { region: string }).region = region;
}

// @zcache
export async function price(id: number): Promise<string> {
  return db.one((globalThis as unknown as { region: string }).region, id);
}
