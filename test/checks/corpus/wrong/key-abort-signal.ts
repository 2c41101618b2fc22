// expect: unkeyable-value@3:4
// The signal came with a refactoring; every caller has one of its own.
// @zcache ttl: 10m
export async function fetchRates(currency: string, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  return currency.length;
}
