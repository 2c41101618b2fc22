// expect: unfaithful-codec@7:4
interface Tweet {
  id: bigint;
  text: string;
}

// @zcache ttl: 10m
export async function timeline(user: string): Promise<Tweet[]> {
  return [{ id: 1n, text: user }];
}
