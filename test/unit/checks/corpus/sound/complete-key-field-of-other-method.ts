export class Users {
  constructor(
    private readonly region: string,
    private readonly db: { get(id: number): Promise<string>; put(region: string, id: number): Promise<void> },
  ) {}

  // @zcache
  async get(id: number): Promise<string> {
    return this.db.get(id);
  }

  async save(id: number): Promise<void> {
    await this.db.put(this.region, id);
  }
}
