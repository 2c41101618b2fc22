// expect: incomplete-key@14:6
// A NestJS service of the scope of a request.
declare const REQUEST: unique symbol;
declare function Inject(token: unknown): ParameterDecorator;
interface Request {
  readonly user: { readonly id: number };
  get(header: string): string;
}
declare const db: { get(...values: unknown[]): Promise<string> };

export class Basket {
  constructor(@Inject(REQUEST) private readonly request: Request) {}

  // @zcache
  async items(): Promise<string> {
    return db.get(this.request.user.id);
  }
}
