export class Users {
  static table = "users";

  // @zcache
  static async get(id: number): Promise<string> {
    return (await fetch(`/${this.table}/${id}`)).text();
  }
}
