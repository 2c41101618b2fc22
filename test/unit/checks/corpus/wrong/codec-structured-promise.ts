// expect: unfaithful-codec@2:19
// @zcache codec: structured
export async function bundle(name: string) {
  return { name, size: Promise.resolve(name.length) };
}
