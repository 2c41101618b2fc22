// expect: unfaithful-codec@8:19
// YAML refuses what has a class, even if it is data alone.
class Totals {
  count = 0;
  sum = 0;
}

// @zcache codec: yaml
export async function totals(prices: number[]): Promise<Totals> {
  const result = new Totals();
  for (const price of prices) {
    result.count++;
    result.sum += price;
  }
  return result;
}
