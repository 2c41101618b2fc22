// expect: incomplete-key@12:6, incomplete-key@25:6
// Each of them is a configuration, and each tenant has another.
interface Config {
  host: string;
}
declare const configs: Config[];

class Client {
  constructor(private readonly config: Config) {
    this.host = config.host;
  }
  // @zcache
  async user(id: number): Promise<string> {
    return (await fetch(`https://${this.host}/${id}`)).text();
  }
  private readonly host: string;
}

class Search {
  private readonly host: string;
  constructor({ host }: Config) {
    this.host = host;
  }

  // @zcache
  async pages(text: string): Promise<string> {
    return (await fetch(`https://${this.host}/${text}`)).text();
  }
}

export const clients = configs.map((config) => new Client(config));
export const searches: Search[] = [];
for (const config of configs) searches.push(new Search(config));
