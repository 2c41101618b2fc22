// expect: incomplete-key@9:4
declare const db: { get(...values: unknown[]): Promise<string> };

// A program that switches its region while it runs
export function failOver(region: string): void {
  process.env.REGION = region;
}

// @zcache ttl: 1m
export async function status(service: string): Promise<string> {
  return db.get(process.env.REGION, service);
}
