// expect: incomplete-key@6:6
declare const queue: { count(region: string, state: string): Promise<number> };
export const counters = new Map<string, (state: string) => Promise<number>>();

for (const region of ["eu", "us"]) {
  // @zcache ttl: 5s
  const count = async (state: string): Promise<number> => queue.count(region, state);
  counters.set(region, count);
}
