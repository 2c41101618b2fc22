// expect: unfaithful-codec@7:4
interface Repository {
  name: string;
  find(id: number): Promise<string>;
}

// @zcache ttl: 10m
export async function repositoryOf(name: string): Promise<Repository> {
  return { name, find: async (id) => name + id };
}
