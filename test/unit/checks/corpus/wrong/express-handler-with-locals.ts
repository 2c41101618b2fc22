// expect: incomplete-key@14:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
interface Response {
  locals: { tenant?: string };
  json(body: unknown): void;
}
interface Request {
  readonly params: { readonly id: string };
}
declare const app: { get(path: string, handle: (req: Request, res: Response) => Promise<void>): void };

app.get("/accounts/:id", async (req, res) => {
  const { tenant } = res.locals;
  // @zcache ttl: 1m
  async function account(id: string): Promise<string> {
    return db.one(tenant, id);
  }
  res.json(await account(req.params.id));
});
