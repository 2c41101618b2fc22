// @zcache ttl: 10m
export async function load(name: string): Promise<string> {
  console.log(new Date().toISOString(), "loading", name);
  if (name === "") throw new Error(`No name at ${Date.now()}`);
  return name;
}
