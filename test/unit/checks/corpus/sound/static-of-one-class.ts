declare const db: { one(...parts: readonly unknown[]): Promise<string> };

function define(columns: number) {
  return class {
    static readonly table = "users";

    static width(): number {
      return columns;
    }

    // @zcache
    static async find(id: number): Promise<string> {
      return db.one(this.table, id);
    }
  };
}

export const Users = define(2);
