// expect: unknown-property@7:50
interface Line {
  sku: string;
  amount: number;
}

// @zcache key: "stock:{lines.map((line) => line.skew).join()}"
export async function stockOf(lines: Line[]): Promise<number> {
  return lines.length;
}
