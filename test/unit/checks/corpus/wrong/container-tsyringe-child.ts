// expect: incomplete-key@10:6
declare const db: { get(...values: unknown[]): Promise<string> };

// tsyringe: the instance is registered in a child container for each tenant
declare const container: { createChildContainer(): { registerInstance(token: unknown, value: unknown): void } };

class Prices {
  constructor(readonly currency: string) {}

  // @zcache ttl: 5m
  async price(id: number): Promise<string> {
    return db.get(id, this.currency);
  }
}

export function scopeFor(currency: string): void {
  container.createChildContainer().registerInstance(Prices, new Prices(currency));
}
