// expect: incomplete-key@12:17, incomplete-key@17:17
interface Context {
  readonly tenant: string;
  readonly db: { one(tenant: string, id: number): Promise<string> };
}
interface Request {
  readonly user: { id: number };
  header(name: string): string;
  on(event: string, listener: () => void): void;
}

// @zcache key: "one:{id}"
export async function one(context: Context, id: number): Promise<string> {
  return context.db.one(context.tenant, id);
}

// @zcache key: "feed:{page}"
export async function feed(request: Request, page: number): Promise<string> {
  return (await fetch(`/feed/${request.user.id}/${page}`)).text();
}
