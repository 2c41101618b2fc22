// expect: incomplete-key@8:6
// A static method makes one object for each name.
declare const db: { get(...v: unknown[]): Promise<string> };
const registry = new Map<string, Shard>();
class Shard {
  private constructor(private readonly name: string) {}
  static of(name: string): Shard { let one = registry.get(name); if (!one) registry.set(name, (one = new Shard(name))); return one; }
  // @zcache
  async load(id: number): Promise<string> { return db.get(this.name, id); }
}
export { Shard };
