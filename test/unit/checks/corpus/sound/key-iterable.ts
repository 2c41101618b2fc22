// An array, mostly.
// @zcache ttl: 1m
export async function sum(numbers: Iterable<number>): Promise<number> {
  return [...numbers].length;
}
