// expect: incomplete-key@15:19, incomplete-key@20:19
declare function query(tenant: string, id: number): Promise<string>;

abstract class Repository<T> {
  protected readonly tenant!: string;
  protected abstract parse(text: string): T;

  protected async text(id: number): Promise<string> {
    return query(this.tenant, id);
  }
}

export class Users extends Repository<string> {
  protected override parse = String;
  // @zcache key: "user:{id}"
  async load(id: number): Promise<string> {
    return this.parse(await query(this.tenant, id));
  }

  // @zcache key: "again:{id}"
  async again(id: number): Promise<string> {
    return this.parse(await this.text(id));
  }
}
