// A validation that is made of others is one too, wherever they are declared.
declare const schema: { validateAsync(value: unknown): Promise<unknown> };
declare function assertName(name: string): asserts name is "a" | "b";

interface Names {
  has(name: string): Promise<boolean>;
}

export class TagTypes {
  constructor(private readonly names: Names) {}

  // @zcache ttl: 1m
  async validate(name: string): Promise<void> {
    await schema.validateAsync({ name });
    await this.isFree(name);
  }

  // @zcache ttl: 1m
  async validateKnown(name: string): Promise<void> {
    assertName(name);
    return this.isFree(name);
  }

  private async isFree(name: string): Promise<void> {
    if (await this.names.has(name)) throw new Error(`${name} is taken`);
  }
}
