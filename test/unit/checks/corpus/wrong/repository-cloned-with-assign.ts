// expect: incomplete-key@11:6
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

export class Orders {
  schema = "public";

  withSchema(schema: string): Orders {
    return Object.assign(Object.create(Object.getPrototypeOf(this)) as Orders, this, { schema });
  }

  // @zcache ttl: 1m
  async list(page: number): Promise<string> {
    return db.all(this.schema, page);
  }
}
