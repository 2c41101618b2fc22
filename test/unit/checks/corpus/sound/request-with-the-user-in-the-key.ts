declare const db: { one(...parts: readonly unknown[]): Promise<string> };
interface FastifyRequest {
  readonly params: { readonly id: string };
  readonly user: { readonly id: string; readonly organisation: string };
}

// @zcache key: "project:{request.user.id}:{request.params.id}", ttl: 1m
export async function project(request: FastifyRequest): Promise<string> {
  return db.one(request.user.organisation, request.params.id);
}
