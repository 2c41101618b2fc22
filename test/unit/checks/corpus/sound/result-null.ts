// @zcache ttl: 10m
export async function find(name: string): Promise<string | null> {
  return name === "" ? null : name;
}
