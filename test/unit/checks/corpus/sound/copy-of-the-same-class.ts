// A copy has what the object has, and the function in the field reads only what the loader passes.
declare const db: { get(table: string, id: number): Promise<string> };

export class Users {
  protected table = "users";
  private retries = 0;
  private readonly nameOf: (id: number) => string;

  constructor() {
    const prefix = "user";
    this.nameOf = (id) => `${prefix}:${id}`;
  }

  copy(): Users {
    const copy = new Users();
    copy.table = this.table;
    copy.retries = 0;
    return copy;
  }

  // @zcache
  async load(id: number): Promise<string> {
    return db.get(this.table, this.nameOf(id).length);
  }
}
