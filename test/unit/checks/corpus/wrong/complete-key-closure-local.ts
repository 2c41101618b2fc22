// expect: incomplete-key@4:6
export function createClient({ host, version = 1 }: { host: string; version?: number }) {
  const base = `https://${host}/v${version}`;
  // @zcache
  async function get(path: string): Promise<string> {
    return (await fetch(base + path)).text();
  }
  return get;
}
