declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export function setupRegion(region: string): void {
  process.env["REGION"] = region;
}

process.env["CURRENCY"] ??= "EUR";

// @zcache
export async function price(id: number): Promise<string> {
  return db.one(process.env["REGION"], process.env["CURRENCY"], id);
}
