// expect: incomplete-key@18:6
interface Model<T> {
  findOne(filter: { _id: string }): Promise<T | null>;
}
interface User {
  name: string;
}
interface Post {
  title: string;
}
declare function model<T>(name: string): Model<T>;
const userModel = model<User>("User");
const postModel = model<Post>("Post");

class Repository<T> {
  constructor(private readonly model: Model<T>) {}

  // @zcache
  async findById(_id: string): Promise<T | null> {
    return this.model.findOne({ _id });
  }
}

export const users = new Repository(userModel);
export const posts = new Repository(postModel);
