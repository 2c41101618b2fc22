// expect: incomplete-key@9:17
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

interface Viewer {
  readonly id: string;
  readonly role: "admin" | "guest";
}

// @zcache key: "post:{id}", when: "viewer.role != 'admin'"
export async function post(id: number, viewer: Viewer): Promise<string> {
  return db.one(id, viewer.id);
}
