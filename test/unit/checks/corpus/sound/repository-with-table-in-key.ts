declare const db: { get(...values: unknown[]): Promise<string> };

export abstract class KnexRepository {
  protected abstract readonly tableName: string;

  // @zcache "row:{this.tableName}:{id}"
  async findById(id: number): Promise<string> {
    return db.get(this.tableName, id);
  }
}
export class Users extends KnexRepository {
  protected readonly tableName = "users";
}
export class Posts extends KnexRepository {
  protected readonly tableName = "posts";
}
