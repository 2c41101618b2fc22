// expect: incomplete-key@9:6
declare const db: { get(...values: unknown[]): Promise<string> };

// Fastify: what a hook decorates each request with
interface FastifyRequest { tenant: string; loadPlan?: (id: number) => Promise<string> }
declare const app: { addHook(name: "onRequest", hook: (request: FastifyRequest) => Promise<void>): void };

app.addHook("onRequest", async (request) => {
  // @zcache ttl: 1m
  const load = async (id: number): Promise<string> => db.get(request.tenant, id);
  request.loadPlan = load;
});
