export async function load(id: number): Promise<string> {
  return (await fetch(`/${id}`)).text();
}
