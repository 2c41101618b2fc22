// expect: incomplete-key@8:4
declare const db: { get(...values: unknown[]): Promise<string> };

const enabled = new Set<string>();

export const enable = (feature: string): Set<string> => enabled.add(feature);

// @zcache ttl: 1m
export async function menu(user: number): Promise<string> {
  return db.get(user, enabled.has("beta") ? "new" : "old");
}
