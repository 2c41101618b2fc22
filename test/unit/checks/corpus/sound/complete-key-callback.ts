// @zcache key: "{key}"
export async function remember(key: string, load: () => Promise<string>): Promise<string> {
  return load();
}
