declare const db: { get(...values: unknown[]): Promise<string> };

const range = {
  from: 1,
  toString(): string {
    return String(this.from);
  },
};

// @zcache ttl: 1m
export async function rows(page: number): Promise<string> {
  return db.get(`${range}`, page);
}
