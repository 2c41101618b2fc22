// A service of settings is one for all, whatever it can write into a log; and so is what is taken from it.
class ConfigService {
  readonly mail = { host: "mail.test" };
  get sender(): string {
    return `noreply@${this.mail.host}`;
  }
  protected toJSON(): unknown {
    return {};
  }
}

export class Mailer {
  private readonly host: string;

  constructor(private readonly configService: ConfigService) {
    this.host = this.configService.mail.host;
    this.sender = configService.sender;
  }
  private readonly sender: string;

  // @zcache
  async template(name: string): Promise<string> {
    return (await fetch(`https://${this.host}/${name}?from=${this.sender}&to=${this.configService.mail.host}`)).text();
  }
}
