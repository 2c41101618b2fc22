export class Users {
  loads = 0;
  last = "";

  // @zcache
  async get(id: number): Promise<string> {
    this.loads++;
    this.last = `user ${id}`;
    return (await fetch(`/users/${id}`)).text();
  }
}
