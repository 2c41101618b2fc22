// expect: incomplete-key@7:8
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

const FindableUsers = Findable(Users);
const FindablePosts = Findable(Posts);
export const all = [new FindableUsers(), new FindablePosts()];
