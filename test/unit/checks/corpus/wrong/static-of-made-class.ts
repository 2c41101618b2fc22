// expect: incomplete-key@8:8
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

function define(table: string) {
  return class {
    static readonly table = table;

    // @zcache
    static async find(id: number): Promise<string> {
      return db.one(this.table, id);
    }
  };
}

export const Users = define("users");
export const Posts = define("posts");
