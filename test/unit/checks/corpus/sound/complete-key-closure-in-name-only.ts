interface Options {
  page: string;
}

export function createPages(page: string) {
  // @zcache
  async function load(options: Options): Promise<{ page: string }> {
    const { page } = options;
    return { page };
  }
  return { load, start: { page } };
}
