// expect: incomplete-key@12:6
// Each use of the dynamic module provides another value.
declare function Injectable(): ClassDecorator;
declare function Inject(token: string): ParameterDecorator;
declare const db: { get(region: string, id: number): Promise<string> };
export const REGION = "REGION";

@Injectable()
export class Accounts {
  constructor(@Inject(REGION) private readonly region: string) {}

  // @zcache
  async load(id: number): Promise<string> {
    return db.get(this.region, id);
  }
}

export class AccountsModule {
  static forFeature(region: string): object {
    return { module: AccountsModule, providers: [Accounts, { provide: REGION, useValue: region }] };
  }
}
