export default class Users {
  // @zcache
  async profile(id: number): Promise<string> {
    return (await fetch(`/users/${id}`)).text();
  }
}
