// expect: lost-receiver@15:53
import "zcache";

class Users {
  constructor(private readonly http: { get(path: string): Promise<string> }) {}

  // @zcache
  async profile(id: number): Promise<string> {
    return this.http.get(`/${id}`);
  }
}

declare const users: Users;
const profile = users.profile;
export const again = (): Promise<string> => profile.refresh(5);
