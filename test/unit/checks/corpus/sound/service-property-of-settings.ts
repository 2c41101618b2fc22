interface AppConfig {
  readonly apiUrl: string;
  get(name: string): string;
}
class Clock {
  readonly zone = "UTC";
  now(): number {
    return 0;
  }
}

export class Api {
  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  // @zcache
  async user(id: number): Promise<string> {
    return (await fetch(`${this.config.apiUrl}/${this.clock.zone}/users/${id}`)).text();
  }
}
