class Accounts {
  constructor(readonly tenant: string) {}
}
declare const db: { one(tenant: string, id: number): Promise<string> };

// @zcache key: "load:{this.tenant}:{id}"
export async function load(this: Accounts, id: number): Promise<string> {
  return db.one(this.tenant, id);
}

export const accounts = [new Accounts("a"), new Accounts("b")];
