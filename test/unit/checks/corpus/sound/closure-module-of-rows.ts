const users = (() => {
  const rows = new Map<number, string>();
  return {
    add(id: number, name: string): void {
      rows.set(id, name);
    },
    get(id: number): string {
      return rows.get(id) ?? "";
    },
  };
})();
export const add = (id: number, name: string): void => users.add(id, name);
// @zcache
export async function load(id: number): Promise<string> {
  return users.get(id);
}
