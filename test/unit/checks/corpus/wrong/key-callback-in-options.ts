// expect: unkeyable-value@7:4
interface Options {
  depth: number;
  onPage(url: string): void;
}

// @zcache ttl: 10m
export async function crawl(url: string, options: Options): Promise<string[]> {
  options.onPage(url);
  return [url.repeat(options.depth)];
}
