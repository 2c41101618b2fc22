// The Map is taken apart: its values are stored.
// @zcache batch
export async function names(ids: readonly number[]): Promise<Map<number, string>> {
  return new Map(ids.map((id) => [id, `name ${id}`]));
}
