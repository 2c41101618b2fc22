// expect: shared-key@8:19
export class Cities {
  // @zcache key: "city:{code}"
  async name(code: string): Promise<string> {
    return (await fetch(`/cities/${code}`)).text();
  }

  // @zcache key: "city:{code}", ttl: 1h
  async population(code: string): Promise<number> {
    return Number(await (await fetch(`/cities/${code}/population`)).text());
  }
}
