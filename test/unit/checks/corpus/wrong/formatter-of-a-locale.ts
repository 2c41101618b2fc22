// expect: incomplete-key@5:6
// Each call of the factory makes a formatter for another locale.
export function createPrices(locale: string) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
  // @zcache
  async function price(amount: number): Promise<string> { return format.format(amount); }
  return { price };
}
