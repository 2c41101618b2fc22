const clock = { now: (): number => 5, random: (): number => 4 };

// @zcache ttl: 10m
export async function tick(name: string): Promise<string> {
  return `${name} ${clock.now()} ${clock.random()}`;
}
