// @zcache ttl: 10m
export async function user(id: number): Promise<{ id: number; nickname?: string; age?: number | undefined }> {
  return { id };
}
