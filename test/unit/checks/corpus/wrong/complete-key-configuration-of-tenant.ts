// expect: incomplete-key@15:6, incomplete-key@24:6, incomplete-key@42:6
// A configuration is not the program's own only because it is called one.
interface TenantConfig {
  host: string;
}
interface Config {
  tenant: string;
  host: string;
}

class Client {
  constructor(private readonly config: TenantConfig) {
    this.host = config.host;
  }
  // @zcache
  async user(id: number): Promise<string> {
    return (await fetch(`https://${this.host}/${id}`)).text();
  }
  private readonly host: string;
}

class Rows {
  constructor(private readonly config: Config, private readonly tenant = config.tenant) {}
  // @zcache
  async count(table: string): Promise<string> {
    return (await fetch(`https://${this.config.host}/${table}`)).text();
  }
}

class Base {
  protected readonly host: string;
  constructor(config: Config) {
    this.host = config.host;
  }
}

class Search extends Base {
  constructor(config: Config) {
    super(config);
  }

  // @zcache
  async pages(text: string): Promise<string> {
    return (await fetch(`https://${this.host}/${text}`)).text();
  }
}

declare const eu: Config;
declare const us: Config;
export const createClient = (config: TenantConfig): Client => new Client(config);
export const createRows = (rows: { config: Config }): Rows => new Rows(rows.config);
export const searches = [new Search(eu), new Search(us)];
