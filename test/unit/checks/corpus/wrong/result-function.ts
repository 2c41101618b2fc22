// expect: unshareable-result@2:4
// @zcache ttl: 1h
export async function translator(locale: string): Promise<(key: string) => string> {
  return (key) => `${locale}:${key}`;
}
