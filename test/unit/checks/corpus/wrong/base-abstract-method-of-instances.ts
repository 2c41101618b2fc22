// expect: incomplete-key@7:6
declare const db: { one(table: string, id: number): Promise<string> };

abstract class Table {
  protected abstract table(): string;

  // @zcache
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
  constructor(private readonly year: number) {
    super();
  }
  protected table(): string {
    return `posts_${this.year}`;
  }
}

export const tables = [new Users(), new Posts(2024), new Posts(2025)];
