// expect: incomplete-key@7:6
// A method copies its caller's value into the object that a private field has.
declare const db: { get(...v: unknown[]): Promise<string> };
export class Accounts {
  #scope: { tenant: string } = { tenant: "none" };
  within(tenant: string): void { Object.assign(this.#scope, { tenant }); }
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.#scope.tenant, id); }
}
