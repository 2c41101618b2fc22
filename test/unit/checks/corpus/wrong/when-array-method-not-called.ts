// expect: always-true@2:19
// @zcache when: "result.includes"
export async function search(text: string): Promise<string[]> {
  return text.split(" ");
}
