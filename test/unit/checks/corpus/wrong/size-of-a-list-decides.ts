// expect: incomplete-key@9:4
// How many there are decides what is returned, and not only what is removed.
const banned = new Set<string>();
export function ban(name: string): void {
  banned.add(name);
}
declare const db: { get(id: number): Promise<string> };

// @zcache
export async function load(id: number): Promise<string> {
  if (banned.size > 100) {
    banned.clear();
    return "none";
  }
  return db.get(id);
}
