const users = new Map([["ann", 1]]);

// @zcache ttl: 10m
export async function names(prefix: string): Promise<string[]> {
  return [...users.keys()].filter((name) => name.startsWith(prefix));
}
