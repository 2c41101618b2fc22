// expect: incomplete-key@17:19
interface Model<T> {
  findById(id: string): Promise<T | null>;
}
interface User {
  name: string;
}
interface Post {
  title: string;
}
declare const userModel: Model<User>;
declare const postModel: Model<Post>;

abstract class BaseRepository<T> {
  constructor(protected readonly model: Model<T>) {}

  // @zcache key: "entity:{id}"
  async findById(id: string): Promise<T | null> {
    return this.model.findById(id);
  }
}

class UserRepository extends BaseRepository<User> {
  constructor() {
    super(userModel);
  }
}

class PostRepository extends BaseRepository<Post> {
  constructor() {
    super(postModel);
  }
}

export const repositories = [new UserRepository(), new PostRepository()];
