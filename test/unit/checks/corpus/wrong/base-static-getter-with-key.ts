// expect: incomplete-key@9:19
declare const db: { one(table: string, id: number): Promise<string> };

export class ActiveRecord {
  static get table(): string {
    return "none";
  }

  // @zcache key: "record:{id}"
  static async find(id: number): Promise<string> {
    return db.one(this.table, id);
  }
}

export class User extends ActiveRecord {
  static override get table(): string {
    return "users";
  }
}

export class Post extends ActiveRecord {
  static override get table(): string {
    return "posts";
  }
}
