declare const db: { one(...parts: readonly unknown[]): Promise<string> };

abstract class Model {
  static table = "";

  // @zcache key: "row:{this.table}:{id}"
  static async find(id: number): Promise<string> {
    return db.one(this.table, id);
  }
}
export class User extends Model {
  static {
    this.table = "users";
  }
}
export class Post extends Model {
  static {
    this.table = "posts";
  }
}
