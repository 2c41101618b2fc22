// However the program hands its one configuration on: all objects of a class have the same of it.
interface Config {
  mail: { host: string; sender: string };
  isOffline: boolean;
  region: string;
}
declare const config: Config;

class Mailer {
  private readonly sender: string;

  constructor(
    private readonly db: { load(name: string): Promise<string> },
    { mail, isOffline }: Pick<Config, "mail" | "isOffline">,
    private readonly region: string,
  ) {
    this.sender = mail.sender;
    this.isOffline = isOffline;
  }
  private readonly isOffline: boolean;

  // @zcache
  async template(name: string): Promise<string> {
    if (this.isOffline) return this.sender;
    return `${this.region} ${await this.db.load(name)} ${this.sender}`;
  }
}

declare const db: { load(name: string): Promise<string> };

export function createMailer(): Mailer {
  const { region } = config;
  return new Mailer(db, config, region);
}

export function createMailerForTests(): Mailer {
  const { mail, isOffline } = config;
  return new Mailer({ load: async (name) => name }, { mail, isOffline }, config.region);
}
