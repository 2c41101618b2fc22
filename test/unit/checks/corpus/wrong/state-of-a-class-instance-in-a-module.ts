// expect: incomplete-key@15:4
class Preferences {
  private currency = "EUR";

  update({ currency }: { readonly currency: string }): void {
    this.currency = currency;
  }

  format(cents: number): string {
    return `${cents / 100} ${this.currency}`;
  }
}
export const preferences = new Preferences();

// @zcache ttl: 1h
export async function label(cents: number): Promise<string> {
  return preferences.format(cents);
}
