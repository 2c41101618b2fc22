type Shape<K extends "user" | "team"> = K extends "user" ? { name: string } : { members: number };

// @zcache ttl: 10m
export async function load<K extends "user" | "team">(kind: K): Promise<Shape<K>> {
  return { name: kind, members: 1 } as Shape<K>;
}
