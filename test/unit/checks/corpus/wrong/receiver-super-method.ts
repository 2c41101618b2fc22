// expect: incomplete-key@15:6
class Named {
  constructor(protected readonly tenant: string) {}
  name(): string {
    return this.tenant;
  }
}

class Accounts extends Named {
  // What the object's own class has under the name is not what runs.
  override name(): string {
    return "accounts";
  }

  // @zcache
  async load(id: number): Promise<string> {
    return super.name() + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];
