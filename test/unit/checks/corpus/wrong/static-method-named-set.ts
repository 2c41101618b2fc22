// expect: incomplete-key@12:6
// The class's own set gives a static field another value.
declare const db: { get(tenant: string, id: number): Promise<string> };

export class Tenancy {
  private static tenant = "none";

  static set(tenant: string): void {
    Tenancy.tenant = tenant;
  }

  // @zcache
  static async load(id: number): Promise<string> {
    return db.get(Tenancy.tenant, id);
  }
}

export async function handle(tenant: string, id: number): Promise<string> {
  Tenancy.set(tenant);
  return Tenancy.load(id);
}
