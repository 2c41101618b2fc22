// Nothing is returned, but that nothing was thrown is worth keeping: the shop is not asked again for a while.
declare const shop: {
  exists(sku: string): Promise<boolean>;
  stock(sku: string): Promise<number>;
  lookup(sku: string): Promise<string[]>;
};
declare const metrics: { increment(name: string): void };

class NotAllowed extends Error {}

function tooMany(limit: number): void {
  metrics.increment("limit");
  throw new NotAllowed(`no more than ${limit}`);
}

// @zcache ttl: 1m
export async function requireProduct(sku: string): Promise<void> {
  if (!(await shop.exists(sku))) throw new NotAllowed(sku);
}

// @zcache ttl: 1m
export async function requireStock(sku: string, count: number) {
  const missing: string[] = [];
  let regions: string[];
  try {
    regions = await shop.lookup(sku);
  } catch {
    throw new NotAllowed(sku);
  }
  for (const region of regions) if ((await shop.stock(region)) < count) missing.push(region);
  metrics.increment("asked");
  if (missing.length > 0) throw new NotAllowed(missing.join());
  return Promise.resolve();
}

// @zcache ttl: 1m
export async function requireFew(sku: string): Promise<void> {
  if ((await shop.lookup(sku)).length > 10) tooMany(10);
}
