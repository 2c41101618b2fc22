// expect: incomplete-key@6:8, incomplete-key@6:8
declare const db: { one<T>(...parts: readonly unknown[]): Promise<T> };

function repository<T>(table: string, columns: readonly string[]) {
  return {
    // @zcache ttl: 10m
    find: (id: number): Promise<T> => db.one<T>(`select ${columns.join()} from ${table}`, id),
  };
}
export const users = repository<{ name: string }>("users", ["name"]);
export const posts = repository<{ title: string }>("posts", ["title"]);
