// @zcache
export async function page(url: string, signal?: AbortSignal): Promise<string> {
  const response = await fetch(url, signal ? { signal } : {});
  return response.text();
}

// @zcache key: "feed:{url}"
export async function feed(url: string, signal: AbortSignal | null): Promise<string> {
  signal?.throwIfAborted();
  return url;
}
