// @zcache batch, when: "result?.amount > 0"
export async function prices(...ids: number[]): Promise<({ amount: number } | null)[]> {
  return ids.map((amount) => ({ amount }));
}
