// MikroORM: repositories are made by the framework, one for each entity.
declare class EntityRepository<T> {
  findOne(where: { id: number }): Promise<T | null>;
  findAll(): Promise<T[]>;
}
interface Book {
  title: string;
}

export class BaseRepository<T> extends EntityRepository<T> {
  // @zcache
  async findById(id: number): Promise<T | null> {
    return this.findOne({ id });
  }
}

export class BookRepository extends BaseRepository<Book> {
  // @zcache ttl: 5m
  async titles(): Promise<string[]> {
    return (await this.findAll()).map(({ title }) => title);
  }
}
