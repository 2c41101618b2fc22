// expect: unshareable-result@2:4
// @zcache ttl: 10m
export async function body(url: string): Promise<ReadableStream | null> {
  return (await fetch(url)).body;
}
