/**
 * Stacks the columns: adds the values of all earlier columns to each. A missing value counts as 0.
 */
export function stackOf(columns: readonly (readonly (number | null)[])[]): number[][] {
  const stacked: number[][] = [];
  let below: readonly number[] = [];
  for (const column of columns) {
    const sums = column.map((value, i) => (below[i] ?? 0) + (value ?? 0));
    stacked.push(sums);
    below = sums;
  }
  return stacked;
}
