// expect: incomplete-key@8:8
declare function connect(url: string): { one(id: number): Promise<string> };
const urls = { eu: "pg://eu", us: "pg://us" };

export const loaders = Object.fromEntries(
  Object.entries(urls).map(([region, url]) => {
    const db = connect(url);
    // @zcache ttl: 1m
    const load = async (id: number): Promise<string> => db.one(id);
    return [region, load];
  }),
);
