// expect: unfaithful-codec@9:4
class Cart {
  constructor(readonly lines: { price: number }[]) {}
  total(): number {
    return this.lines.reduce((sum, { price }) => sum + price, 0);
  }
}

// @zcache ttl: 10m
export async function loadCart(user: string): Promise<Cart> {
  return new Cart([{ price: user.length }]);
}
