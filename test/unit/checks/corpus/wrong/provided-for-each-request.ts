// expect: incomplete-key@15:6
// The container makes the value for each request.
declare function Injectable(): ClassDecorator;
declare function Module(options: object): ClassDecorator;
declare function Inject(token: unknown): ParameterDecorator;
declare const REQUEST: unique symbol;
declare const Scope: { readonly REQUEST: number };
declare const db: { get(tenant: string, id: number): Promise<string> };
export const TENANT = "TENANT";

@Injectable()
export class Accounts {
  constructor(@Inject(TENANT) private readonly tenant: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    return db.get(this.tenant, id);
  }
}

@Module({
  providers: [
    Accounts,
    {
      provide: TENANT,
      scope: Scope.REQUEST,
      inject: [REQUEST],
      useFactory: (request: { headers: Record<string, string> }) => request.headers["tenant"],
    },
  ],
})
export class AccountsModule {}
