declare const db: { get(...values: unknown[]): Promise<string> };

interface TrpcContext { session: { user: { orgId: string } } }

export const createHelpers = (ctx: TrpcContext) => {
  // @zcache ttl: 1m
  const projects = async (orgId: string, page: number): Promise<string> => db.get(orgId, page);
  return { projects: (page: number) => projects(ctx.session.user.orgId, page) };
};
