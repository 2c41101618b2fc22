// expect: incomplete-key@5:6
class Source {
  load!: (id: number) => Promise<string>;

  // @zcache
  async find(id: number): Promise<string> {
    return this.load(id);
  }
}

const users = new Source();
users.load = async (id) => `user ${id}`;
const posts = new Source();
posts.load = async (id) => `post ${id}`;
export const sources = [users, posts];
