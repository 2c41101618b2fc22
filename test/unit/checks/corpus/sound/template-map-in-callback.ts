interface Line {
  sku: string;
  product?: { name: string };
}

// The lines without a product are filtered out before.
// @zcache key: "stock:{lines.filter((line) => line.product).map((line) => line.product.name).join()}"
export async function stockOf(lines: Line[]): Promise<number> {
  return lines.flatMap(({ product }) => (product ? [product.name] : [])).length;
}
