function currency(): string {
  return currency.code;
}
currency.code = "EUR";

// @zcache
export async function price(id: number): Promise<string> {
  return `${currency()}:${id}`;
}
