// expect: unfaithful-codec@4:4
type Result<T> = { ok: true; value: T } | { ok: false; error: Error };

// @zcache ttl: 1m
export async function lookup(host: string): Promise<Result<string>> {
  return host === "" ? { ok: false, error: new Error("No host") } : { ok: true, value: host };
}
