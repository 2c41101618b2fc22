// @zcache batch, key: "comment:{id.toFixed()}"
export async function comments(...ids: number[]): Promise<(string | null)[]> {
  return ids.map((id) => (id > 0 ? `comment ${id}` : null));
}
