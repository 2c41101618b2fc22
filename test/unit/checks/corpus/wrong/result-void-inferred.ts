// expect: nothing-to-cache@4:4
const seen: string[] = [];

// @zcache ttl: 10m
export async function track(event: string) {
  seen.push(event);
}
