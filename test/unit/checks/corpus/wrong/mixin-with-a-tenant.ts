// expect: incomplete-key@7:8
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
type Constructor<T = object> = new (...args: any[]) => T;

function Scoped<B extends Constructor>(Base: B, scope: string) {
  return class extends Base {
    // @zcache ttl: 1m
    async load(id: number): Promise<string> {
      return db.one(scope, id);
    }
  };
}
class Plain {}
export const European = Scoped(Plain, "eu");
export const American = Scoped(Plain, "us");
