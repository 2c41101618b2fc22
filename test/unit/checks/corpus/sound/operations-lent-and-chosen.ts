import "zcache";

declare const http: { get(path: string): Promise<string> };

class Users {
  constructor(private readonly tenant: string) {}

  // @zcache "user:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    return http.get(`/${this.tenant}/${id}`);
  }

  // @zcache "count:{id}"
  async count(id: number): Promise<string> {
    return http.get(`/count/${id}`);
  }
}

declare const users: Users, others: Users | undefined;
export const chosen = (): Promise<unknown> => (others?.load ?? users.load).refresh(5);
export const onEither = (isOther: boolean): Promise<unknown> => (isOther ? others!.load : users.load)["refresh"](5);
export const lent = (): Promise<unknown> => users.count.refresh.call(users.count, 5) as Promise<unknown>;
export const bound = users.load.bind(users);
export const again = (): Promise<unknown> => bound.refresh(5);
export const each = (ids: number[]): unknown => ids.map((id) => users.load.invalidate(id));
export const asked = (): boolean => typeof users.load.refresh === "function";
export const ofParameter = ({ count }: Users): Promise<unknown> => count.refresh(5);
