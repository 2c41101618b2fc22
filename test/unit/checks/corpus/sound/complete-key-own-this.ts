export class Users {
  constructor(private readonly region: string) {}

  // @zcache
  async get(id: number): Promise<string> {
    const source = {
      region: "none",
      url(): string {
        return `/${this.region}`;
      },
    };
    return (await fetch(`${source.url()}/${id}`)).text();
  }

  where(): string {
    return this.region;
  }
}
