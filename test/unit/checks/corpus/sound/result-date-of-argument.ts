// @zcache ttl: 10m
export async function weekday(stamp: number): Promise<number> {
  return new Date(stamp).getDay();
}
