// @zcache when: "result"
export async function find(id: number): Promise<{ id: number } | undefined> {
  return id > 0 ? { id } : undefined;
}
