// expect: incomplete-key@11:4
function currency(): string {
  return currency.code;
}
currency.code = "EUR";

export function pay(code: string): void {
  currency.code = code;
}

// @zcache
export async function price(id: number): Promise<string> {
  return `${currency.code}:${id}`;
}
