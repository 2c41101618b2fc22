// TypeORM style: one class alone shares its entries with nobody.
interface Repository<T> {
  findOneBy(where: { id: number }): Promise<T | null>;
}
declare const invoices: Repository<{ total: number }>;

abstract class Crud<T> {
  protected abstract repository(): Repository<T>;

  // @zcache key: "crud:{id}"
  async get(id: number): Promise<T | null> {
    return this.repository().findOneBy({ id });
  }
}

class Invoices extends Crud<{ total: number }> {
  protected repository(): Repository<{ total: number }> {
    return invoices;
  }
}

export const service = new Invoices();
