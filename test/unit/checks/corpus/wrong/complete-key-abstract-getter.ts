// expect: incomplete-key@7:19
declare const db: { find(table: string, id: number): Promise<string> };

export abstract class Repository {
  protected abstract get table(): string;

  // @zcache key: "row:{id}"
  async find(id: number): Promise<string> {
    return db.find(this.table, id);
  }
}
