// expect: hint lost-undefined@3:4
// `"nickname" in user` is true before and false after.
// @zcache ttl: 10m
export async function user(id: number): Promise<{ id: number; nickname: string | undefined }> {
  return { id, nickname: undefined };
}
