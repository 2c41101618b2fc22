// expect: incomplete-key@11:6
declare const db: { get(...values: unknown[]): Promise<string> };

// An API client whose token is set after it is made
class Api {
  headers: Record<string, string> = {};
  setToken(token: string): void {
    this.headers["authorization"] = token;
  }

  // @zcache ttl: 1m
  async me(section: string): Promise<string> {
    return db.get(section, this.headers);
  }
}
export const api = new Api();
