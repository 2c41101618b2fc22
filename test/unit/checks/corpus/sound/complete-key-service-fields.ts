interface Logger {
  info(text: string): void;
}
interface Database {
  get(id: number): Promise<string>;
}

export class Users {
  constructor(
    private readonly db: Database,
    private readonly logger: Logger,
  ) {}

  // @zcache ttl: 10m
  async profile(id: number): Promise<string> {
    this.logger.info(`loading ${id}`);
    return this.db.get(id);
  }
}
