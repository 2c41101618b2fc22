// expect: hint incomplete-key@14:6, hint incomplete-key@14:6
// Which copy of the data is asked, and for how long the answer is kept elsewhere, is hardly ever which data it is.
declare const pool: { query(role: string, sql: string, ttl: number): Promise<string[]> };

export class Reports {
  constructor(
    private readonly role: "primary" | "replica",
    private readonly ttlSeconds: number,
    private readonly title: string,
  ) {
    console.log(title);
  }

  // @zcache
  async rows(report: string): Promise<string[]> {
    return pool.query(this.role, report, this.ttlSeconds);
  }
}
