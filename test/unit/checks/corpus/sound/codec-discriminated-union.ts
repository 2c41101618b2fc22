type Result<T> = { ok: true; value: T } | { ok: false; error: { code: string; message: string } };

// @zcache ttl: 10m
export async function lookup(host: string): Promise<Result<string[]>> {
  return host === "" ? { ok: false, error: { code: "E", message: "No host" } } : { ok: true, value: [host] };
}
