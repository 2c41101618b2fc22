import "zcache";

export class Users {
  constructor(private readonly http: { get(path: string): Promise<string> }) {}

  // @zcache
  async profile(id: number): Promise<string> {
    return this.http.get(`/${id}`);
  }
}

declare const users: Users;
const profile = users.profile.bind(users);
export const again = (): Promise<string> => profile.refresh(5);
