// expect: incomplete-key@14:6
// Its callers give the object the function that it loads with, until one resets it.
export class Source {
  private load?: ((id: number) => Promise<string>) | undefined;

  use(load: (id: number) => Promise<string>): void {
    this.load = load;
  }

  reset(): void {
    this.load = undefined;
  }

  // @zcache
  async find(id: number): Promise<string> {
    return (await this.load?.(id)) ?? "";
  }
}
