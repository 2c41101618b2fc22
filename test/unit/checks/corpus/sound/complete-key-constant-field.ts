declare const db: { list(page: number, size: number): Promise<string[]> };

export class Listing {
  private readonly pageSize = 20;
  private static readonly maximum = 100;

  // @zcache
  async page(page: number): Promise<string[]> {
    return db.list(Math.min(page, Listing.maximum), this.pageSize);
  }
}
