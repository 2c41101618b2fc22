// expect: incomplete-key@10:4
const options = new Map<string, string>([["currency", "EUR"]]);

export function choose(name: string, value: string): void {
  options.set(name, value);
}

const option = (name: string, fallback: string): string => options.get(name) ?? fallback;

// @zcache
export async function price(id: number): Promise<string> {
  return `${option("currency", "EUR")}:${id}`;
}
