// @zcache ttl: 1m
export async function everything(
  day: Date,
  ids: Set<number>,
  names: Map<string, bigint>,
  digest: Uint8Array,
  body: Buffer,
): Promise<number> {
  return day.getTime() + ids.size + names.size + digest.length + body.length;
}
