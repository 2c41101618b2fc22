declare function Inject(token: string): ParameterDecorator;

export class Source {
  constructor(@Inject("LOAD") private readonly load: (id: number) => Promise<string>) {}

  // @zcache
  async find(id: number): Promise<string> {
    return this.load(id);
  }
}
