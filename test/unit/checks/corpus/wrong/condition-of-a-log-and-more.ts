// expect: incomplete-key@12:6, incomplete-key@22:6
// The condition decides what is returned, and not only what is logged.
interface Options {
  readonly limit: number;
  readonly isStrict: boolean;
}
declare const pool: { query(sql: string): Promise<string[]> };

export class Runner {
  constructor(private readonly options: Options) {}

  // @zcache
  async query(sql: string): Promise<string[]> {
    const rows = await pool.query(sql);
    if (this.options.isStrict) {
      console.log(sql);
      return [];
    }
    return rows;
  }

  // @zcache
  async first(sql: string): Promise<string[]> {
    const { limit } = this.options;
    if (limit > 10) console.log(sql);
    else return [];
    return pool.query(sql);
  }
}
