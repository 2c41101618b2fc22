// expect: incomplete-key@8:6
declare const db: { get(...values: unknown[]): Promise<string> };

// tRPC: helpers that a procedure makes of its context
interface TrpcContext { session: { user: { orgId: string } } }

export const createHelpers = (ctx: TrpcContext) => {
  // @zcache ttl: 1m
  const projects = async (page: number): Promise<string> => db.get(ctx.session.user.orgId, page);
  return { projects };
};
