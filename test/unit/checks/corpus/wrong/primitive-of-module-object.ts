// expect: incomplete-key@14:4
declare const db: { get(...values: unknown[]): Promise<string> };

const clock = {
  offset: 0,
  [Symbol.toPrimitive](): number {
    return clock.offset;
  },
};
export const shift = (offset: number): void => {
  clock.offset = offset;
};

// @zcache ttl: 1m
export async function slots(day: number): Promise<string> {
  return db.get(+clock + day);
}
