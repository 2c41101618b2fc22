// expect: unkeyable-value@2:24
// @zcache key: "grep:{pattern}"
export async function grep(pattern: RegExp): Promise<string[]> {
  return [pattern.source];
}
