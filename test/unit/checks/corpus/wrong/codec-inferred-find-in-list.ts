// expect: unfaithful-codec@4:4
const known = [{ id: 1 }, { id: 2 }];

// @zcache ttl: 10m
export async function findAll(ids: number[]) {
  return ids.map((id) => known.find((one) => one.id === id));
}
