// expect: incomplete-key@12:4
interface User {
  id: number;
}
declare const db: { feed(user: number): Promise<string[]> };

let user: User | null = null;
export function login(who: User): void {
  user = who;
}

// @zcache ttl: 1m
export async function feed(): Promise<string[]> {
  return user ? db.feed(user.id) : [];
}
