interface Queue {
  readonly name: string;
  count(kind: string): Promise<number>;
}
declare function createQueue(name: string, options: object): Queue;
const second = 1000;

let queue: Queue | undefined;
function tasks(): Queue {
  if (!queue) queue = createQueue("tasks", { delay: 10 * second });
  return queue;
}

// @zcache ttl: 5s
export async function waiting(kind: string): Promise<string> {
  return `${tasks().name}:${await tasks().count(kind)}`;
}
