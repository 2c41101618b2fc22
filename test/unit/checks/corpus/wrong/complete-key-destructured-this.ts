// expect: incomplete-key@8:6
export class Feed {
  constructor(
    private readonly region: string,
    private readonly http: { get(url: string): Promise<string> },
  ) {}

  // @zcache
  async top(): Promise<string> {
    const { region, http } = this;
    return http.get(`/top/${region}`);
  }
}
