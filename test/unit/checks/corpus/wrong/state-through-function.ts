// expect: incomplete-key@10:4
let currency = "EUR";
export function useCurrency(code: string): void {
  currency = code;
}
function currentCurrency(): string {
  return currency;
}

// @zcache
export async function price(sku: string): Promise<string> {
  return (await fetch(`/prices/${currentCurrency()}/${sku}`)).text();
}
