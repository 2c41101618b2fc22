// expect: unknown-property@6:51
interface Order {
  customer: { id: string; address: { country: string } };
}

// @zcache key: "shipping:{order.customer.address.contry}"
export async function shippingCost(order: Order): Promise<number> {
  return order.customer.address.country === "NL" ? 4 : 9;
}
