// expect: incomplete-key@8:8
declare function fetchText(url: string): Promise<string>;

export function clients(hosts: string[]) {
  const all: ((path: string) => Promise<string>)[] = [];
  while (hosts.length > 0) {
    const host = hosts.shift();
    // @zcache
    const get = async (path: string): Promise<string> => fetchText(`https://${host}${path}`);
    all.push(get);
  }
  return all;
}
