// expect: hint changing-field@9:6
export class Gateway {
  private token: string | null = null;

  async connect(): Promise<void> {
    this.token = await (await fetch("/token")).text();
  }

  // @zcache
  async user(id: number): Promise<string> {
    return (await fetch(`/users/${id}`, { headers: { authorization: this.token ?? "" } })).text();
  }
}
