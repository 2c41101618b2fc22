// expect: unkeyable-value@2:4
// @zcache ttl: 10m
export async function fetchRates(currency: string, options: { signal?: AbortSignal }): Promise<number> {
  options.signal?.throwIfAborted();
  return currency.length;
}
