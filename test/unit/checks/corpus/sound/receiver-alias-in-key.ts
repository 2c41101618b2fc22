class Accounts {
  constructor(readonly tenant: string) {}

  // @zcache key: "accounts:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    const self: unknown = this;
    return (self as { tenant: string }).tenant + id;
  }

  // @zcache key: "any:{this.tenant}:{id}"
  async loadAny(id: number): Promise<string> {
    const { ["tenant"]: tenant } = this;
    return tenant + String(id);
  }
}

export const accounts = [new Accounts("a"), new Accounts("b")];
