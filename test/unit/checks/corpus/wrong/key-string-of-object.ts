// expect: object-in-text@2:33
// @zcache key: "search:{String(filter)}"
export async function search(filter: { text: string; page: number }): Promise<string[]> {
  return [filter.text.repeat(filter.page)];
}
