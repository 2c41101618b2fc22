// expect: incomplete-key@6:6, incomplete-key@6:6
declare const hosts: Record<string, { url: string }>;
export const clients: Record<string, (path: string) => Promise<string>> = {};

for (const [name, { url }] of Object.entries(hosts)) {
  // @zcache
  const get = async (path: string): Promise<string> => `${name}: ${await (await fetch(url + path)).text()}`;
  clients[name] = get;
}
