// expect: incomplete-key@11:6
interface Config {
  eu: { host: string };
  us: { host: string };
}
declare const config: Config;

class Mailer {
  constructor(private readonly host: string) {}

  // @zcache
  async template(name: string): Promise<string> {
    return (await fetch(`https://${this.host}/${name}`)).text();
  }
}

export const mailers = [new Mailer(config.eu.host), new Mailer(config.us.host)];
