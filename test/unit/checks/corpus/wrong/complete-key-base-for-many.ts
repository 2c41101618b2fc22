// expect: incomplete-key@9:6, incomplete-key@26:6
// The base's own method has one key for the objects of all that extend it; and a class may be given what it hands on.
declare const db: { find(table: string, id: number): Promise<string>; names(table: string): Promise<string[]> };

abstract class Store {
  constructor(protected readonly table: string) {}

  // The key begins with Store.find, whichever store it is.
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

class Archive extends Store {
  constructor(year: number) {
    super(`archive_${year}`);
  }

  // @zcache
  async names(): Promise<string[]> {
    return db.names(this.table);
  }
}

export const stores = [new Users(), new Archive(2024), new Archive(2025)];
