// @zcache ttl: 10m
export async function check(name: string): Promise<string | void> {
  if (name !== "") return name;
}
