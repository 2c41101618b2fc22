interface Mailer {
  send(to: string): Promise<void>;
}
interface Database {
  one(id: string): Promise<string>;
}
declare const db: Database;
declare const mailer: Mailer;

class Users {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
  ) {}

  // @zcache ttl: 1m
  async name(id: string): Promise<string> {
    return this.db.one(id);
  }

  invite(to: string): Promise<void> {
    return this.mailer.send(to);
  }
}

export const users = new Users(db, mailer);
