// expect: incomplete-key@7:6
type Load = (id: number) => Promise<string>;

class Source {
  constructor(private readonly load: Load) {}

  // @zcache
  async find(id: number): Promise<string> {
    return this.load(id);
  }
}

function sourceOf(load: Load): Source {
  return new Source(load);
}

export const sources = [sourceOf(async (id) => `user ${id}`), sourceOf(async (id) => `post ${id}`)];
