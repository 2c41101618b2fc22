// What the function asks of the object is its database, of which there is one.
interface Database {
  one(id: number): Promise<string>;
}

export class Users {
  constructor(readonly db: Database) {}

  // @zcache
  async load(id: number): Promise<string> {
    return find(this, id);
  }
}

function find(users: Users, id: number): Promise<string> {
  return users.db.one(id);
}
