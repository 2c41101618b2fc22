// expect: incomplete-key@12:8
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
interface Context {
  readonly session: { readonly userId: string };
}
declare const t: {
  procedure: { query(resolve: (options: { ctx: Context; input: number }) => Promise<string>): unknown };
};

export const router = {
  invoice: t.procedure.query(async ({ ctx, input }) => {
    // @zcache ttl: 1m
    const load = async (id: number): Promise<string> => db.one(ctx.session.userId, id);
    return load(input);
  }),
};
