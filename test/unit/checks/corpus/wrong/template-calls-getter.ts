// expect: not-callable@9:33
class Cart {
  readonly lines: string[] = [];
  get total(): number {
    return this.lines.length;
  }
}

// @zcache key: "shipping:{cart.total()}:{cart.lines}"
export async function shippingCost(cart: Cart): Promise<number> {
  return cart.total + cart.lines.length;
}
