declare const db: { one(table: string, id: number): Promise<string> };

export class ActiveRecord {
  static table = "none";

  // @zcache
  static async find(id: number): Promise<string> {
    return db.one(this.table, id);
  }
}

export class User extends ActiveRecord {
  static override table = "users";
}

export class Post extends ActiveRecord {
  static override table = "posts";
}
