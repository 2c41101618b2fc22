// expect: object-in-text@2:31
// @zcache key: "{'filter:' + filter}"
export async function search(filter: { text: string; page: number }): Promise<string[]> {
  return [filter.text.repeat(filter.page)];
}
