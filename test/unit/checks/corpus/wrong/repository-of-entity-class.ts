// expect: incomplete-key@9:14
declare const db: { get(...values: unknown[]): Promise<string> };

// A repository that is made for an entity class, as TypeORM's and MikroORM's are
type Entity<T> = new () => T;
export class Repository<T extends object> {
  constructor(private readonly entity: Entity<T>) {}

  // @zcache "entity:{id}"
  async find(id: number): Promise<string> {
    return db.get(this.entity.name, id);
  }
}
class User {}
class Post {}
export const users = new Repository(User);
export const posts = new Repository(Post);
