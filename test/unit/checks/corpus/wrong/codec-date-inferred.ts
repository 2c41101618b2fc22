// expect: unfaithful-codec@3:4
// The return type is written nowhere.
// @zcache ttl: 10m
export async function post(id: number) {
  return { id, published: { by: "ann", at: new Date(id) } };
}
