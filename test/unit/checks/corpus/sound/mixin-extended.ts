// The default key has the class that extends what comes of the mixin.
declare const db: { one(table: string, id: number): Promise<string> };
type Constructor<T> = new (...args: any[]) => T;

function Findable<Base extends Constructor<{ table(): string }>>(base: Base) {
  return class extends base {
    // @zcache
    async find(id: number): Promise<string> {
      return db.one(this.table(), id);
    }
  };
}

class Users {
  table(): string {
    return "users";
  }
}

class Posts {
  table(): string {
    return "posts";
  }
}

class UserRepository extends Findable(Users) {}
class PostRepository extends Findable(Posts) {}
export const all = [new UserRepository(), new PostRepository()];
