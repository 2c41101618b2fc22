// expect: incomplete-key@9:8
interface ClientOptions {
  host: string;
  version: number;
}

export function createClient(options: ClientOptions) {
  return {
    // @zcache ttl: 5m
    async get(path: string): Promise<string> {
      return (await fetch(`https://${options.host}/v${options.version}${path}`)).text();
    },
  };
}
