class Accounts {
  constructor(readonly tenant: string) {}

  format(id: number): string {
    return `account ${id}`;
  }

  // @zcache
  async load(id: number): Promise<string> {
    const format = this.format.bind(this);
    return format(id);
  }

  // @zcache
  async logged(id: number): Promise<string> {
    console.log((this as unknown as { tenant: string }).tenant);
    return this["format"](id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];
