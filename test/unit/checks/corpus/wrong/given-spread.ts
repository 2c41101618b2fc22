// expect: incomplete-key@7:6
type Load = (id: number) => Promise<string>;

class Source {
  constructor(private readonly load: Load) {}

  // @zcache
  async find(id: number): Promise<string> {
    return this.load(id);
  }
}

const users: [Load] = [async (id) => `user ${id}`];
const posts: [Load] = [async (id) => `post ${id}`];
export const sources = [new Source(...users), new Source(...posts)];
