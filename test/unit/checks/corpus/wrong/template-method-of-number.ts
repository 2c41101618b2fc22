// expect: unknown-property@2:29
// @zcache key: "page:{page.trim()}"
export async function listPage(page: number): Promise<number[]> {
  return [page];
}
