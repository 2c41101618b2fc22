// expect: hint changing-variable@8:4
let flags: Record<string, boolean> = {};

setInterval(async () => {
  flags = (await (await fetch("/flags")).json()) as Record<string, boolean>;
}, 60_000).unref();

// @zcache ttl: 1m
export async function price(cents: number): Promise<number> {
  return flags["sale"] ? cents / 2 : cents;
}
