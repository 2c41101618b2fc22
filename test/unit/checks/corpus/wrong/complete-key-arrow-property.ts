// expect: incomplete-key@5:6
export class Rates {
  constructor(private readonly currency: string) {}

  // @zcache ttl: 10m
  rate = async (day: string): Promise<number> => {
    const response = await fetch(`https://rates.test/${this.currency}/${day}`);
    return Number(await response.text());
  };
}
