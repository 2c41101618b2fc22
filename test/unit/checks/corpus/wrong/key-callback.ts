// expect: unkeyable-value@2:4
// @zcache ttl: 10m
export async function crawl(url: string, onProgress: (done: number) => void): Promise<string[]> {
  onProgress(1);
  return [url];
}
