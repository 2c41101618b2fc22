// Each class hands one table to its base, and the default key has the class.
declare const db: { find(table: string, id: number): Promise<string> };

abstract class Store {
  constructor(protected readonly table: string) {}

  // @zcache
  async find(id: number): Promise<string> {
    return db.find(this.table, id);
  }
}

class Users extends Store {
  constructor() {
    super("users");
  }
}

class Posts extends Store {
  constructor() {
    super("posts");
  }
}

export const stores = [new Users(), new Posts()];
