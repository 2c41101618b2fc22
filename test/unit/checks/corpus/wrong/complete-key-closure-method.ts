// expect: incomplete-key@7:10
declare const db: { allowed(user: string, action: string): Promise<boolean> };

export class Permissions {
  forUser(user: string) {
    return {
      // @zcache ttl: 1m
      can: async (action: string): Promise<boolean> => db.allowed(user, action),
    };
  }
}
