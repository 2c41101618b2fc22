declare const db: { get(...values: unknown[]): Promise<string> };

const region = process.env.REGION ?? "eu";

// @zcache ttl: 1m
export async function status(service: string): Promise<string> {
  return db.get(region, process.env.SERVICE_URL, service);
}
