// expect: possibly-undefined@2:24
// @zcache key: "flag:{flags.get('beta').enabled}"
export async function features(flags: ReadonlyMap<string, { enabled: boolean }>): Promise<number> {
  return flags.size;
}
