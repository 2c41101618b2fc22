// expect: incomplete-key@13:8
// Each call of the function makes a literal with another value, whatever type it is annotated with.
interface Model {
  readonly grants: string[];
  getToken(token: string): Promise<{ user: string; grants: string[] }>;
}
declare const db: { find(token: string): Promise<string> };

export function modelOf(grants: string[]): Model {
  return {
    grants,

    // @zcache
    async getToken(token: string) {
      return { user: await db.find(token), grants: this.grants };
    },
  };
}
