// expect: incomplete-key@7:6, incomplete-key@12:6, incomplete-key@17:6, incomplete-key@24:6
declare function query(...values: unknown[]): Promise<string>;

export class Accounts {
  constructor(private readonly tenant: string) {}

  // @zcache
  async inTemplate(id: number): Promise<string> {
    return query(`${this}:${id}`);
  }

  // @zcache
  async asText(id: number): Promise<string> {
    return query(String(this), id);
  }

  // @zcache
  async assigned(id: number): Promise<string> {
    let tenant: string;
    ({ tenant } = this);
    return query(tenant, id);
  }

  // @zcache
  async reflected(id: number): Promise<string> {
    return query(Reflect.get(this, "tenant"), id);
  }

  toString(): string {
    return this.tenant;
  }
}
