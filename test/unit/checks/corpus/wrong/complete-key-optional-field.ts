// expect: incomplete-key@11:6
declare const db: { list(owner: string | undefined): Promise<string[]> };

export class Documents {
  private readonly owner: string | undefined;

  constructor(owner?: string) {
    this.owner = owner;
  }

  // @zcache
  async all(): Promise<string[]> {
    return db.list(this.owner);
  }
}
