declare const db: { postsOf(id: string): Promise<string[]> };

export class User {
  id!: string;
  name!: string;

  // @zcache key: "posts:{this.id}"
  async posts(): Promise<string[]> {
    return db.postsOf(this.id);
  }
}
