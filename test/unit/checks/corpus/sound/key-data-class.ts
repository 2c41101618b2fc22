// A class without methods is what a framework fills in: plain objects are passed for it too.
class ListOptions {
  page = 1;
  size?: number;
}

// @zcache ttl: 1m
export async function list(options: ListOptions): Promise<number> {
  return options.page * (options.size ?? 10);
}
