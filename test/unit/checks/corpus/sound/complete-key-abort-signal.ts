// @zcache key: "page:{path}"
export async function page(path: string, signal?: AbortSignal): Promise<string> {
  return (await fetch(path, signal ? { signal } : {})).text();
}
