export class Store {
  constructor(
    private readonly label: string,
    private readonly db: { get(id: number): Promise<string | null> },
  ) {}

  // @zcache
  async get(id: number): Promise<string> {
    const found = await this.db.get(id);
    if (found === null) throw new Error(`${this.label} has no ${id}`);
    return found;
  }
}
