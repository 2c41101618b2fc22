// expect: incomplete-key@10:6
enum Environment {
  Live,
  Test,
}

export class Payments {
  constructor(private readonly environment: Environment) {}

  // @zcache
  async methods(country: string): Promise<string[]> {
    const host = this.environment === Environment.Live ? "pay.test" : "sandbox.pay.test";
    return (await (await fetch(`https://${host}/${country}`)).json()) as string[];
  }
}
