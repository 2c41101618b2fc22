// The default key has the class of the object, and each class has one table.
declare const db: { find(table: string, id: number): Promise<string> };

export abstract class Repository {
  protected abstract readonly table: string;

  // @zcache
  async find(id: number): Promise<string> {
    return db.find(this.table, id);
  }
}
