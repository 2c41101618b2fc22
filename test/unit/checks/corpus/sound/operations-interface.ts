import "zcache";

export interface Users {
  profile(id: number): Promise<string>;
}

export const forget = (users: Users, id: number): Promise<void> => users.profile.invalidate(id);
