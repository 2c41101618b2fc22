// expect: incomplete-key@5:6
export class Source {
  constructor(private readonly load: (id: number) => Promise<string>) {}

  // @zcache
  async find(id: number): Promise<string> {
    return this.load(id);
  }
}
