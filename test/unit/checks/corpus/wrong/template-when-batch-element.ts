// expect: unknown-property@3:33
// `result` is the result of one id.
// @zcache batch, when: "result.length > 0"
export async function prices(...ids: number[]): Promise<{ amount: number }[]> {
  return ids.map((amount) => ({ amount }));
}
