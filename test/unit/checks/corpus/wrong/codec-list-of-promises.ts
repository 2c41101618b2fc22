// expect: unfaithful-codec@7:4
async function load(id: number): Promise<string> {
  return `${id}`;
}

// Promise.all was forgotten.
// @zcache ttl: 10m
export async function loadAll(ids: number[]) {
  return ids.map((id) => load(id));
}
