// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function average(numbers: number[]): Promise<number> {
  if (numbers.length === 0) return NaN;
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
