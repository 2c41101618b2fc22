// expect: lost-receiver@16:56, lost-receiver@17:59, lost-receiver@19:70, lost-receiver@20:76, lost-receiver@22:53, lost-receiver@22:53, lost-receiver@25:59, lost-receiver@27:72
import "zcache";

declare const http: { get(path: string): Promise<string> };

class Users {
  constructor(private readonly tenant: string) {}

  // @zcache "user:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    return http.get(`/${this.tenant}/${id}`);
  }
}

declare const users: Users, others: Users;
export const lent = (): Promise<unknown> => users.load.nocache.call(users.load, 5) as Promise<unknown>;
export const applied = (): Promise<unknown> => users.load.refresh.apply(users.load, [5]) as Promise<unknown>;

export const handed = (ids: number[]): unknown => ids.map(users.load.invalidate);
export const leftOut = (): Promise<unknown> => (users.load(1), users.load).refresh(5);
const chosen = Math.random() > 0.5 ? users.load : others.load;
export const later = (): Promise<unknown> => chosen.refresh(5);

const byName = users["load"];
export const byNameAgain = (): Promise<unknown> => byName.refresh(5);

export const ofParameter = ({ load }: Users): Promise<unknown> => load.refresh(5);
