// expect: incomplete-key@15:4
declare const db: { get(...values: unknown[]): Promise<string> };

// The text of an object that the program changes
const range = {
  from: 1,
  toString(): string {
    return String(range.from);
  },
};
export const move = (from: number): void => {
  range.from = from;
};

// @zcache ttl: 1m
export async function rows(page: number): Promise<string> {
  return db.get(`${range}`, page);
}
