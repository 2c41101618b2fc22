// @zcache ttl: 10m
export async function range(text: string): Promise<[from: string, to?: string]> {
  return [text];
}
