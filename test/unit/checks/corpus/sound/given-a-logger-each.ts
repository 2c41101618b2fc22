// The logger differs, and only logs.
interface Logger {
  info(text: string): void;
}
interface Database {
  one(id: string): Promise<string>;
}
declare function createLogger(name: string): Logger;
declare const db: Database;

class Users {
  constructor(
    private readonly db: Database,
    private readonly logger: Logger,
  ) {}

  // @zcache
  async name(id: string): Promise<string> {
    this.logger.info(id);
    return this.db.one(id);
  }
}

export const quiet = new Users(db, createLogger("quiet"));
export const loud = new Users(db, createLogger("loud"));
