// expect: incomplete-key@7:8
declare const db: { get(...values: unknown[]): Promise<string> };

type Constructor = new (...args: any[]) => object;
function Scoped<T extends Constructor>(Base: T, scope: string) {
  return class extends Base {
    // @zcache ttl: 1m
    async list(page: number): Promise<string> {
      return db.get(scope, page);
    }
  };
}
class Empty {}
export class Mine extends Scoped(Empty, "mine") {}
export class All extends Scoped(Empty, "all") {}
