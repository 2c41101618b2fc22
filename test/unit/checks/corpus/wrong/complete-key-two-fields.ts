// expect: incomplete-key@8:6, incomplete-key@8:6
export class Weather {
  constructor(
    private readonly apiKey: string,
    private readonly units: "metric" | "imperial",
  ) {}

  // @zcache ttl: 10m
  async forecast(city: string): Promise<string> {
    const response = await fetch(`https://weather.test/${city}?units=${this.units}&key=${this.apiKey}`);
    return response.text();
  }
}
