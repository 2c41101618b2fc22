declare const db: { all(...parts: readonly unknown[]): Promise<string> };
interface Search {
  readonly user: { readonly email: string; readonly name: string };
}

// @zcache key: "orders:{search.user.email.toLowerCase()}"
export async function orders(search: Search): Promise<string> {
  return db.all(search.user.email.toLowerCase());
}
