// expect: incomplete-key@13:6
declare const db: { get(...values: unknown[]): Promise<string> };

// Express: a controller that is made for each request
interface Request { headers: Record<string, string | undefined>; user: { id: string } }

export class Dashboard {
  private readonly user: Request["user"];
  constructor(req: Request) {
    this.user = req.user;
  }

  // @zcache ttl: 1m
  async widgets(page: number): Promise<string> {
    return db.get(this.user.id, page);
  }
}
