// expect: lost-receiver@15:52
import "zcache";

class Users {
  constructor(private readonly http: { get(path: string): Promise<string> }) {}

  // @zcache
  async profile(id: number): Promise<string> {
    return this.http.get(`/${id}`);
  }
}

declare const users: Users;
const { profile } = users;
export const forget = (): Promise<void> => profile.invalidate(5);
