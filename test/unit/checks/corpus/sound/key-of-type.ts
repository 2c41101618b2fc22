// `keyof any` is string | number | symbol.
// @zcache ttl: 1m
export async function sorted<T>(by: keyof any, field: keyof T, names: string[]): Promise<string[]> {
  return names.map((name) => `${name} ${String(by)} ${String(field)}`);
}
