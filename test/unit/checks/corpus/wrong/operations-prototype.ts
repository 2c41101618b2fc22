// expect: lost-receiver@13:68
import "zcache";

export class Users {
  constructor(private readonly http: { get(path: string): Promise<string> }) {}

  // @zcache
  async profile(id: number): Promise<string> {
    return this.http.get(`/${id}`);
  }
}

export const forget = (): Promise<void> => Users.prototype.profile.invalidate(5);
