// expect: incomplete-key@18:6
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
declare const draftModel: Model<Post>;

abstract class BaseRepository<T> {
  constructor(protected readonly model: Model<T>) {}

  // @zcache
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
  constructor(model: Model<Post> = postModel) {
    super(model);
  }
}

export const repositories = [new UserRepository(), new PostRepository(draftModel), new PostRepository(postModel)];
