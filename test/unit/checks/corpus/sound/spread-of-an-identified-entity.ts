declare const db: { merge(row: object): Promise<string> };
interface Product {
  readonly id: number;
  readonly name: string;
}

// @zcache key: "product:{product.id}"
export async function view(product: Product): Promise<string> {
  return db.merge({ ...product, viewed: true });
}
