// @zcache key: "rates:{currency}"
export async function rates(currency: string, signal?: AbortSignal): Promise<number> {
  signal?.throwIfAborted();
  return currency.length;
}
