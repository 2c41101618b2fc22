// expect: incomplete-key@8:6
declare const db: { postsOf(id: string): Promise<string[]> };

export class User {
  id!: string;
  name!: string;

  // @zcache ttl: 1m
  async posts(): Promise<string[]> {
    return db.postsOf(this.id);
  }
}
