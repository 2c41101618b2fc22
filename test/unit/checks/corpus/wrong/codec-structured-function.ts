// expect: unfaithful-codec@2:19
// @zcache codec: structured
export async function counter(start: number): Promise<{ value: number; increment: () => void }> {
  return { value: start, increment: () => {} };
}
