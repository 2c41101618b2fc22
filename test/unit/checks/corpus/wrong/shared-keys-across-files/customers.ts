// @zcache key: "order:{id}"
export async function customerOfOrder(id: number): Promise<string> {
  return (await fetch(`/orders/${id}/customer`)).text();
}
