// expect: incomplete-key@15:6
declare class InjectionToken<T> {
  constructor(name: string);
  readonly value: T;
}
declare function inject<T>(token: InjectionToken<T>): T;
declare function provide<T>(token: InjectionToken<T>, value: T): unknown;
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

const TENANT = new InjectionToken<string>("TENANT");

export class Accounts {
  private readonly tenant = inject(TENANT);

  // @zcache
  async account(id: number): Promise<string> {
    return db.one(this.tenant, id);
  }
}

export function moduleFor(tenant: string): unknown {
  return provide(TENANT, tenant);
}
