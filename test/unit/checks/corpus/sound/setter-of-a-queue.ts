interface Queue {
  setConcurrency(count: number): void;
  add<T>(task: () => Promise<T>): Promise<T>;
}
declare function createQueue(): Queue;
declare const db: { one(id: number): Promise<string> };
const queue = createQueue();

export function scale(count: number): void {
  queue.setConcurrency(count);
}

// @zcache ttl: 1m
export async function article(id: number): Promise<string> {
  return queue.add(() => db.one(id));
}
