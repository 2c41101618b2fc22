// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function thumbnail(id: number): Promise<Buffer> {
  return Buffer.alloc(id);
}
