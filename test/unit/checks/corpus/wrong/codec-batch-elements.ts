// expect: unfaithful-codec@7:4
interface Order {
  id: number;
  placedAt: Date;
}

// @zcache batch
export async function orders(...ids: number[]): Promise<(Order | null)[]> {
  return ids.map((id) => ({ id, placedAt: new Date(id) }));
}
