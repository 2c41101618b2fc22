interface Rows {
  all<T>(owner: unknown): Promise<T[]>;
}
declare const rows: Rows;

export class User {
  constructor(
    readonly id: number,
    readonly name: string,
  ) {}

  // @zcache key: "friends:{this.id}"
  async friends(): Promise<string[]> {
    const found = await rows.all<User>(this.id);
    return found.map((one) => one.name);
  }

  // @zcache key: "followers:{this.id}:{this.name}"
  async followers(): Promise<string[]> {
    const found = await rows.all<User>(this.id);
    return [this, ...found].map((one) => one.name);
  }
}
