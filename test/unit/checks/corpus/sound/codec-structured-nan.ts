// @zcache codec: structured
export async function average(numbers: number[]): Promise<number> {
  return numbers.length === 0 ? NaN : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
