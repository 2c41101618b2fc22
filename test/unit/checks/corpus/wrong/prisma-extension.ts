// expect: incomplete-key@10:8
declare const db: { get(...values: unknown[]): Promise<string> };

// A client that is extended for a tenant
declare const prisma: { $extends(extension: object): { user: { findMany(): Promise<string> } } };

export function clientFor(tenantId: string) {
  const scoped = prisma.$extends({ query: { $allModels: { where: { tenantId } } } });
  return {
    // @zcache ttl: 1m
    async users(page: number): Promise<string> {
      return db.get(await scoped.user.findMany(), page);
    },
  };
}
