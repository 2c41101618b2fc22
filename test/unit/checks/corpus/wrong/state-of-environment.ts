// expect: incomplete-key@8:4
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export function use(region: string): void {
  process.env["REGION"] = region;
}

// @zcache
export async function price(id: number): Promise<string> {
  return db.one(process.env["REGION"], id);
}
