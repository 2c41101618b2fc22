// Each level is a type of its own: the walk must end.
interface Nested<T> {
  value: number;
  inner?: Nested<T[]>;
}

// @zcache ttl: 10m
export async function nest(value: number): Promise<Nested<string>> {
  return { value };
}
