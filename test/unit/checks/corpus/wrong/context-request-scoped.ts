// expect: incomplete-key@13:6
declare const Scope: { REQUEST: number };
declare function Injectable(options: { scope: number }): ClassDecorator;

@Injectable({ scope: Scope.REQUEST })
export class Accounts {
  private tenant = "";

  use(tenant: string): void {
    this.tenant = tenant;
  }

  // @zcache
  async load(id: number): Promise<string> {
    return this.tenant + id;
  }
}
