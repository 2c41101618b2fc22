// expect: incomplete-key@7:6
declare const db: { user(id: string): Promise<string>; post(id: string): Promise<string> };

class Loader<T> {
  constructor(private readonly load: (id: string) => Promise<T>) {}

  // @zcache ttl: 1m
  async get(id: string): Promise<T> {
    return this.load(id);
  }
}

export const users = new Loader((id) => db.user(id));
export const posts = new Loader((id) => db.post(id));
