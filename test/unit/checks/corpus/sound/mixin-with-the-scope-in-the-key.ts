declare const db: { one(...parts: readonly unknown[]): Promise<string> };
type Constructor<T = object> = new (...args: any[]) => T;

function Scoped<B extends Constructor>(Base: B, scope: string) {
  return class extends Base {
    readonly scope = scope;

    // @zcache key: "scoped:{this.scope}:{id}"
    async load(id: number): Promise<string> {
      return db.one(this.scope, id);
    }
  };
}
class Plain {}
export const European = Scoped(Plain, "eu");
export const American = Scoped(Plain, "us");
