declare const db: { get(...values: unknown[]): Promise<string> };

const strategies = {
  flat: async (id: number) => db.get("flat", id),
  tiered: async (id: number) => db.get("tiered", id),
};

// @zcache ttl: 1m
export async function price(kind: keyof typeof strategies, id: number): Promise<string> {
  return strategies[kind](id);
}
