// What the store has under the name that is asked for is what is cached.
const users = new Map<number, { name: string }>();
const rates: Record<string, number> = {};
export function save(id: number, name: string): void {
  users.set(id, { name });
}
export function setRate(currency: string, rate: number): void {
  rates[currency] = rate;
}

// @zcache tags: ["user:{id}"], allow: never-invalidated-tag
export async function find(id: number): Promise<{ name: string } | undefined> {
  return users.get(id);
}

// @zcache ttl: 1m
export async function convert(cents: number, currency: string): Promise<number> {
  return cents * (rates[currency] ?? 1);
}
