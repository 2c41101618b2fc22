// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function neighbours(id: number): Promise<[previous: number | undefined, next: number | undefined]> {
  return [id > 0 ? id - 1 : undefined, id + 1];
}
