// expect: incomplete-key@13:6
// Two modules provide another value under the same token.
declare function Injectable(): ClassDecorator;
declare function Module(options: object): ClassDecorator;
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

@Module({ providers: [Accounts, { provide: REGION, useValue: "eu" }] })
export class EuropeModule {}

@Module({ providers: [Accounts, { provide: REGION, useValue: "us" }] })
export class AmericaModule {}
