// expect: unfaithful-codec@2:19
// @zcache codec: yaml
export async function release(version: string): Promise<{ version: string; date: Date }> {
  return { version, date: new Date(version) };
}
