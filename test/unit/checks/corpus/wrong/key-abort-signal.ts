// expect: unkeyable-value@5:4
// An alias: only a type that is written as AbortSignal is known to be one in every host.
type Cancel = AbortSignal;

// @zcache ttl: 10m
export async function fetchRates(currency: string, signal: Cancel): Promise<number> {
  signal.throwIfAborted();
  return currency.length;
}
