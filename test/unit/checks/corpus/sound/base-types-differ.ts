interface Repository<T> {
  find(id: number): Promise<T | null>;
}
interface User {
  name: string;
}
interface Post {
  title: string;
}

export abstract class Crud<T> {
  constructor(protected readonly repository: Repository<T>) {}

  // @zcache
  async one(id: number): Promise<T | null> {
    return this.repository.find(id);
  }
}

export class Users extends Crud<User> {
  constructor(repository: Repository<User>) {
    super(repository);
  }
}

export class Posts extends Crud<Post> {
  constructor(repository: Repository<Post>) {
    super(repository);
  }
}
