// expect: not-callable@2:26
// @zcache when: "result.length() > 0"
export async function search(text: string): Promise<string[]> {
  return text.split(" ");
}
