export function memoized(load: (id: number) => Promise<string>) {
  // @zcache
  const cached = async (id: number): Promise<string> => load(id);
  return cached;
}
