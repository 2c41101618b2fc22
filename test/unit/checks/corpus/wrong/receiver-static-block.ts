// expect: incomplete-key@5:6
class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    const self = this;
    class Names {
      static first: string;
      static {
        Names.first = self.tenant;
      }
    }
    return Names.first + id;
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];
