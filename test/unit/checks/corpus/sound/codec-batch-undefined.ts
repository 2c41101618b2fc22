// Each is an entry of its own, and an undefined one is kept.
// @zcache batch
export async function find(...ids: number[]): Promise<({ id: number } | undefined)[]> {
  return ids.map((id) => (id > 0 ? { id } : undefined));
}
