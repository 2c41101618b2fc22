// expect: unfaithful-codec@12:4
abstract class Entity {
  id = 0;
  isNew(): boolean {
    return this.id === 0;
  }
}
class Product extends Entity {
  title = "";
}

// @zcache ttl: 10m
export async function product(id: number): Promise<Product> {
  return Object.assign(new Product(), { id });
}
