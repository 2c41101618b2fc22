// expect: shared-key@7:17
// @zcache key: "count:{shop}"
export async function orders(shop: string): Promise<number> {
  return Number(await (await fetch(`/orders?shop=${shop}`)).text());
}

// @zcache key: "count:{city}"
export async function shops(city: string): Promise<string[]> {
  return (await (await fetch(`/shops?city=${city}`)).json()) as string[];
}
