// expect: unknown-property@2:32
// @zcache key: "report:{range.form}:{range.to}"
export async function report({ range }: { range: { from: string; to: string } }): Promise<string> {
  return range.from + range.to;
}
