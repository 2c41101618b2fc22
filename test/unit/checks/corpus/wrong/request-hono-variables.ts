// expect: incomplete-key@9:6
declare const db: { get(...values: unknown[]): Promise<string> };

// Hono: a middleware puts a service into the context's variables
interface HonoContext { get(name: "tenant"): string; set(name: string, value: unknown): void }

export async function withCatalogue(c: HonoContext, next: () => Promise<void>): Promise<void> {
  const tenant = c.get("tenant");
  // @zcache ttl: 1m
  const product = async (id: number): Promise<string> => db.get(tenant, id);
  c.set("product", product);
  await next();
}
