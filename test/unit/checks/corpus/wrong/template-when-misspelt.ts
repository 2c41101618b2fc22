// expect: unknown-property@2:26
// @zcache when: "result.lenght > 0"
export async function search(text: string): Promise<string[]> {
  return text.split(" ");
}
