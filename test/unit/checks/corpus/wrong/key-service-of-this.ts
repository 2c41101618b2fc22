// expect: unkeyable-value@12:26
class Database {
  constructor(readonly url: string) {}
  async rows(): Promise<number> {
    return this.url.length;
  }
}

export class Stats {
  constructor(private readonly database: Database) {}

  // @zcache key: "rows:{this.database}"
  async rows(): Promise<number> {
    return this.database.rows();
  }
}
