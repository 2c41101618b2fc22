// Whether something is logged has no effect on the result.
interface Options {
  readonly slowerThan?: number;
  readonly isTraced: boolean;
}
interface Logger {
  logSlowQuery(sql: string, milliseconds: number): void;
}
declare const pool: { query(sql: string): Promise<string> };

export class Runner {
  constructor(
    private readonly options: Options,
    private readonly logger: Logger,
  ) {}

  // @zcache
  async query(sql: string): Promise<string> {
    const started = performance.now();
    const rows = await pool.query(sql);
    const slowerThan = this.options.slowerThan;
    const taken = performance.now() - started;
    if (slowerThan && taken > slowerThan) this.logger.logSlowQuery(sql, taken);
    if (this.options.isTraced) {
      console.log(sql);
    }
    return rows;
  }
}
