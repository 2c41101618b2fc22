// expect: incomplete-key@10:4
declare const db: { get(...values: unknown[]): Promise<string> };

const current = new Map<string, string>();

export function select(workspace: string): void {
  current.set("workspace", workspace);
}

// @zcache ttl: 1m
export async function members(page: number): Promise<string> {
  return db.get(current.get("workspace"), page);
}
