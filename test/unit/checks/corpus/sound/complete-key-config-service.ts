interface ConfigService {
  get(name: string): string;
  getOrThrow<T>(name: string): T;
}

export class Mailer {
  private readonly host: string;
  private readonly port: number;

  constructor(private readonly config: ConfigService) {
    this.host = config.get("MAIL_HOST");
    this.port = this.config.getOrThrow<number>("MAIL_PORT");
  }

  // @zcache
  async template(name: string): Promise<string> {
    return (await fetch(`https://${this.host}:${this.port}/${name}`)).text();
  }
}
