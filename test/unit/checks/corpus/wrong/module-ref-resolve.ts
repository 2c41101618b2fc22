// expect: caller-context@23:6
declare class ModuleRef {
  resolve<T>(type: new (...args: never[]) => T): Promise<T>;
}
declare const REQUEST: unique symbol;
declare function Inject(token: unknown): (target: object, key: unknown, index: number) => void;
declare function Injectable(options?: { readonly scope: string }): (target: object) => void;
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

@Injectable({ scope: "REQUEST" })
class CurrentTenant {
  constructor(@Inject(REQUEST) private readonly request: { readonly headers: Record<string, string> }) {}

  id(): string {
    return this.request.headers["x-tenant"] ?? "none";
  }
}

@Injectable()
export class Accounts {
  constructor(private readonly moduleRef: ModuleRef) {}

  // @zcache
  async account(id: number): Promise<string> {
    const tenant = await this.moduleRef.resolve(CurrentTenant);
    return db.one(tenant.id(), id);
  }
}
