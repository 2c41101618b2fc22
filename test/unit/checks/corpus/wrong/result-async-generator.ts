// expect: unshareable-result@6:4
async function* pages(table: string): AsyncGenerator<string> {
  yield table;
}

// @zcache ttl: 10m
export async function rows(table: string) {
  return pages(table);
}
