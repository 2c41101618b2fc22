// What JSON makes of it is of the type as well: whoever reads it has to expect both.
class Decimal {
  constructor(private readonly text: string) {}
  toJSON(): string {
    return this.text;
  }
}

// @zcache ttl: 10m
export async function order(id: number): Promise<{ createdAt: string | Date; total: Decimal | string | number }> {
  return { createdAt: new Date(id), total: new Decimal("1.50") };
}
