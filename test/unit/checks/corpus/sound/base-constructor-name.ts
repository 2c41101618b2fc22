declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export abstract class ActiveRecord {
  // @zcache
  async reload(id: number): Promise<string> {
    return db.one(this.constructor.name, id);
  }
}

export class User extends ActiveRecord {}
export class Post extends ActiveRecord {}
