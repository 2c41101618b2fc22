// expect: unfaithful-codec@15:4
// As Prisma's and decimal.js's: it comes back as a string, and `price.times` is no function.
declare class Decimal {
  constructor(value: string);
  times(other: Decimal): Decimal;
  toString(): string;
  toJSON(): string;
}

interface Product {
  title: string;
  price: Decimal;
}

// @zcache ttl: 10m
export async function product(id: number): Promise<Product> {
  return { title: `product ${id}`, price: new Decimal("12.50") };
}
