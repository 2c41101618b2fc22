// expect: incomplete-key@7:6, incomplete-key@12:6, incomplete-key@18:6, incomplete-key@23:6, incomplete-key@28:6
declare function query(...values: unknown[]): Promise<string>;

export class Accounts {
  constructor(private readonly tenant: string) {}

  // @zcache
  async mapped(id: number): Promise<string> {
    return query([this].map((one) => one.tenant), id);
  }

  // @zcache
  async looped(id: number): Promise<string> {
    for (const one of [this]) return query(one.tenant, id);
    return "";
  }

  // @zcache
  async awaited(id: number): Promise<string> {
    return Promise.resolve(this).then((one) => query(one.tenant, id));
  }

  // @zcache
  async given(id: number): Promise<string> {
    return query(((one: Accounts) => one.tenant)(this), id);
  }

  // @zcache
  async first(id: number): Promise<string> {
    const [self] = [this] as const;
    return query(self.tenant, id);
  }
}
