// expect: hint undetermined-result@3:4
// Everyone gets the pick of the first.
// @zcache ttl: 10m
export async function pick(names: string[]): Promise<string> {
  return names[Math.floor(Math.random() * names.length)] ?? "";
}
