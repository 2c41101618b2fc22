interface Named {
  name: string;
  toString(): string;
}

// @zcache ttl: 10m
export async function named(name: string): Promise<Named> {
  return { name };
}
