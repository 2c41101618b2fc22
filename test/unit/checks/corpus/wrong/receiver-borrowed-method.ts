// expect: incomplete-key@11:6, incomplete-key@16:6, incomplete-key@21:6
declare const http: { get(url: string): Promise<string> };

async function fetchPage(this: Pages, path: string): Promise<string> {
  return http.get(this.host + path);
}

export class Pages {
  constructor(readonly host: string) {}

  // @zcache ttl: 1m
  async called(path: string): Promise<string> {
    return fetchPage.call(this, path);
  }

  // @zcache ttl: 1m
  async applied(path: string): Promise<string> {
    return fetchPage.apply(this, [path]);
  }

  // @zcache ttl: 1m
  async bound(path: string): Promise<string> {
    const fetchHere = fetchPage.bind(this);
    return fetchHere(path);
  }
}
