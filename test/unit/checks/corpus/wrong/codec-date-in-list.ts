// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function events(day: string): Promise<{ title: string; at: Date }[]> {
  return [{ title: "lunch", at: new Date(day) }];
}
