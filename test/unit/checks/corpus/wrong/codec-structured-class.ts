// expect: unfaithful-codec@10:19
// structuredClone drops the prototype.
class Cart {
  constructor(readonly prices: number[]) {}
  total(): number {
    return this.prices.reduce((sum, price) => sum + price, 0);
  }
}

// @zcache codec: structured
export async function loadCart(user: string): Promise<Cart> {
  return new Cart([user.length]);
}
