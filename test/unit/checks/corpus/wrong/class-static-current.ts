// expect: incomplete-key@11:4
declare const db: { get(...values: unknown[]): Promise<string> };

class Tenancy {
  static current = "none";
  static enter(name: string): void {
    Tenancy.current = name;
  }
}

// @zcache ttl: 1m
export async function usage(month: string): Promise<string> {
  return db.get(Tenancy.current, month);
}
export const enter = Tenancy.enter;
