// expect: incomplete-key@9:8
declare const db: { get(...values: unknown[]): Promise<string> };

// awilix: a function that makes the service, once for each request, of what the request's scope has
interface Cradle { currentUser: { tenantId: string }; database: typeof db }

export function makeInvoices({ currentUser, database }: Cradle) {
  return {
    // @zcache ttl: 5m
    async invoice(id: number): Promise<string> {
      return database.get(currentUser.tenantId, id);
    },
  };
}
