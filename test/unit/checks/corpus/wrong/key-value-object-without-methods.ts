// expect: unkeyable-value@7:4
// No methods, but only `new` can make one.
class UserId {
  constructor(readonly value: string) {}
}

// @zcache ttl: 10m
export async function loadUser(id: UserId): Promise<{ id: string }> {
  return { id: id.value };
}
