// expect: changeable-result@6:19
interface Basket {
  readonly id: number;
  readonly lines: { readonly sku: string; readonly count: number }[];
}
// @zcache share: true
export async function basket(id: number): Promise<Basket> {
  return { id, lines: [{ sku: "a", count: id }] };
}
