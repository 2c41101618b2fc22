interface EntityManager {
  findOne<T>(entity: new () => T, id: number): Promise<T>;
}
class Repository<T extends object> {
  constructor(
    private readonly em: EntityManager,
    private readonly entity: new () => T,
  ) {}

  // @zcache ttl: 10m, key: "{this.entity.name}:{id}"
  async byId(id: number): Promise<T> {
    return this.em.findOne(this.entity, id);
  }
}
class User {
  name = "";
}
class Post {
  title = "";
}
declare const em: EntityManager;
export const users = new Repository(em, User);
export const posts = new Repository(em, Post);
