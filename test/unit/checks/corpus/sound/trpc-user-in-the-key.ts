declare const db: { one(...parts: readonly unknown[]): Promise<string> };
interface Context {
  readonly session: { readonly userId: string };
}
declare const t: {
  procedure: { query(resolve: (options: { ctx: Context; input: number }) => Promise<string>): unknown };
};

// @zcache ttl: 1m
const invoice = async (user: string, id: number): Promise<string> => db.one(user, id);

export const router = {
  invoice: t.procedure.query(({ ctx, input }) => invoice(ctx.session.userId, input)),
};
