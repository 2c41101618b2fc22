// expect: incomplete-key@8:6
declare const db: { all(...parts: readonly unknown[]): Promise<string[]> };
interface GraphqlContext {
  readonly viewer: { readonly id: string };
}

export const createLoaders = (context: GraphqlContext) => ({
  // @zcache ttl: 1m
  async postsOf(author: string): Promise<string[]> {
    return db.all(author, context.viewer.id);
  },
});
