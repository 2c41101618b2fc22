// tsyringe: one service, of other services
declare function singleton(): ClassDecorator;
class Database {
  async get(id: number): Promise<string> {
    return `row ${id}`;
  }
}
class Logger {
  info(text: string): void {
    console.log(text);
  }
}
@singleton()
export class Users {
  constructor(private readonly database: Database, private readonly logger: Logger) {}

  // @zcache ttl: 1m
  async user(id: number): Promise<string> {
    this.logger.info(`load ${id}`);
    return this.database.get(id);
  }
}
