declare const db: { one(table: string, id: number): Promise<string> };

abstract class Table {
  protected abstract table(): string;

  // @zcache key: "row:{this.table()}:{id}"
  async find(id: number): Promise<string> {
    return db.one(this.table(), id);
  }
}

class Users extends Table {
  protected table(): string {
    return "users";
  }
}

class Posts extends Table {
  protected table(): string {
    return "posts";
  }
}

export const tables = [new Users(), new Posts()];
