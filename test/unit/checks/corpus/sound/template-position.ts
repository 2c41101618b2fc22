// @zcache "counter.add|{0}-{1}"
export async function add(a: number, b: number): Promise<number> {
  return a + b;
}
