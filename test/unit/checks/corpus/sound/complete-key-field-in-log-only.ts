interface Logger {
  debug(text: string): void;
}

export class Worker {
  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly db: { get(id: number): Promise<string> },
  ) {}

  // @zcache
  async job(id: number): Promise<string> {
    this.logger.debug(`${this.name} loads ${id}`);
    return this.db.get(id);
  }
}
