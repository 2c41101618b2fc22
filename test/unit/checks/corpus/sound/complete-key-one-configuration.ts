interface Config {
  mail: { host: string };
}
declare const config: Config;

class Mailer {
  constructor(private readonly host: string) {}

  // @zcache
  async template(name: string): Promise<string> {
    return (await fetch(`https://${this.host}/${name}`)).text();
  }
}

export const mailer = new Mailer(config.mail.host);
