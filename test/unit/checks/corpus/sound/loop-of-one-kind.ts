// What is read doesn't change from one round to the next.
declare const queue: { count(state: string, limit: number): Promise<number> };
export const counters: ((state: string) => Promise<number>)[] = [];

for (let i = 0; i < 2; i++) {
  const limit = 100;
  const schema = process.env["SCHEMA"] ?? "public";
  // @zcache ttl: 5s
  const count = async (state: string): Promise<number> => queue.count(schema + state, limit);
  counters.push(count);
}
