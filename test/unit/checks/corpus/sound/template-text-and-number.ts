// @zcache key: "{`page-${page}`}:{'size' + size}"
export async function list(page: number, size: number): Promise<number> {
  return page * size;
}
