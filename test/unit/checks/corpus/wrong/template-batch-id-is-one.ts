// expect: unknown-property@3:37
// In a batch `id` is one id, not the list of them.
// @zcache batch, key: "comment:{id.join(',')}"
export async function loadComments(...ids: number[]): Promise<string[]> {
  return ids.map((id) => `comment ${id}`);
}
