// Two programs are built of the same parts.
interface Database {
  one(id: string): Promise<string>;
}
class Postgres implements Database {
  constructor(private readonly url: string) {}
  async one(id: string): Promise<string> {
    return `${this.url}/${id}`;
  }
}
class Users {
  constructor(private readonly db: Database) {}

  // @zcache ttl: 1m
  async name(id: string): Promise<string> {
    return this.db.one(id);
  }
}

export function createServer() {
  return { users: new Users(new Postgres("postgres://db")) };
}

export function createWorker() {
  return { users: new Users(new Postgres("postgres://db")) };
}
