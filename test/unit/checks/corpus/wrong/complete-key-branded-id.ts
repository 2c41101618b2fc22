// expect: incomplete-key@5:17
type UserId = string & { readonly brand: "UserId" };
declare const db: { visible(id: number, viewer: UserId): Promise<string | null> };

// @zcache key: "post:{id}"
export async function post(id: number, viewer: UserId): Promise<string | null> {
  return db.visible(id, viewer);
}
