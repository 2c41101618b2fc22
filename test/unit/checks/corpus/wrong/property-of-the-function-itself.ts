// expect: incomplete-key@2:4
// @zcache
export async function price(id: number): Promise<string> {
  return `${settings.currency}:${id}`;
}
const settings = Object.assign(() => "settings", { currency: "EUR" });

export function pay(currency: string): void {
  settings.currency = currency;
}
