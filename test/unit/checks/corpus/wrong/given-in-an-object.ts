// expect: hint incomplete-key@5:6
export class Users {
  constructor(private readonly deps: { readonly load: (id: number) => Promise<string> }) {}

  // @zcache
  async one(id: number): Promise<string> {
    return this.deps.load(id);
  }
}
