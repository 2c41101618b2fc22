// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function embedding(text: string): Promise<{ text: string; vector: Float32Array }> {
  return { text, vector: new Float32Array(text.length) };
}
