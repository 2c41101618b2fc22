// expect: incomplete-key@9:19
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export abstract class ActiveRecord {
  private table(): string {
    return (this.constructor as unknown as { table: string }).table;
  }

  // @zcache key: "record:{id}"
  async reload(id: number): Promise<string> {
    return db.one(this.table(), id);
  }
}

export class User extends ActiveRecord {
  static table = "users";
}

export class Post extends ActiveRecord {
  static table = "posts";
}
