// expect: incomplete-key@11:6
declare const db: { get(tenant: string): Promise<string> };

export class Settings {
  constructor(private tenant: string) {}

  switchTo(tenant: string): void {
    this.tenant = tenant;
  }

  // @zcache
  async theme(): Promise<string> {
    return db.get(this.tenant);
  }
}
