// expect: caller-context@12:6
declare const REQUEST: unique symbol;
declare function Inject(token: unknown): ParameterDecorator;
interface Request {
  get(header: string): string;
}
declare const db: { get(...values: unknown[]): Promise<string> };

export class Basket {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  // @zcache
  async items(page: number): Promise<string> {
    return db.get(this.request.get("x-tenant"), page);
  }
}
