import { invalidateTag } from "zcache";
interface User {
  readonly name: string;
}
const rows = new Map<string, User>();

export function table(): Map<string, User> {
  return rows;
}

export function save(id: string, user: User): void {
  table().set(id, user);
  void invalidateTag(`user:${id}`);
}

// @zcache tags: ["user:{id}"]
export async function user(id: string): Promise<User | null> {
  return rows.get(id) ?? null;
}
