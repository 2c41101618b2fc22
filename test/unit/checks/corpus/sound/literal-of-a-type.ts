// What a literal of the module has is the same for all callers, whatever type it is annotated with.
interface Model {
  readonly grants: string[];
  getToken(token: string): Promise<{ user: string; grants: string[] }>;
}
declare const db: { find(token: string): Promise<string> };

export const model: Model = {
  grants: ["authorization_code", "refresh_token"],

  // @zcache
  async getToken(token: string) {
    return { user: await db.find(token), grants: this.grants };
  },
};
