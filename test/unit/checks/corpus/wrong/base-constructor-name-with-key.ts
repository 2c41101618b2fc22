// expect: incomplete-key@5:19
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export abstract class ActiveRecord {
  // @zcache key: "record:{id}"
  async reload(id: number): Promise<string> {
    return db.one(this.constructor.name, id);
  }
}

export class User extends ActiveRecord {}
export class Post extends ActiveRecord {}
