// What a class reads is a field of its generic base, and so is what the key has.
declare function query(tenant: string, id: number): Promise<string>;

abstract class Repository<T> {
  protected readonly tenant!: string;
  protected abstract parse(text: string): T;

  protected async text(id: number): Promise<string> {
    return query(this.tenant, id);
  }
}

export class Users extends Repository<{ name: string }> {
  protected override parse(text: string) {
    return { name: text };
  }

  // @zcache key: "user:{this.tenant}:{id}"
  async load(id: number): Promise<{ name: string }> {
    return this.parse(await query(this.tenant, id));
  }

  // @zcache key: "again:{this.tenant}:{id}"
  async again(id: number): Promise<{ name: string }> {
    return this.parse(await this.text(id));
  }
}
